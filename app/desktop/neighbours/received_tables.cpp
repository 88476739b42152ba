#include "app/desktop/neighbours/received_tables.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QTime>
#include <QVBoxLayout>
#include <QWindow>

#include "app/bridge/display_text.h"
#include "app/desktop/neighbours/table_form.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::text;

namespace {

constexpr std::size_t mostTables = 100;

QString rowsOf(const api::ReceivedTable& table) {
    return countText(table.rows, QObject::tr("row"), QObject::tr("rows"));
}

/// What the table has to do with the project.
QString factsOf(const api::ReceivedTable& table) {
    QStringList words{QObject::tr("%1, %2").arg(
        rowsOf(table), countText(table.columns.size(), QObject::tr("column"), QObject::tr("columns")))};
    if (!table.idColumn.empty())
        words << (table.looked < table.rows
                      ? QObject::tr("Column “%1” names spectra of this project: %2 of the first %3")
                      : QObject::tr("Column “%1” names spectra of this project: %2 of %3"))
                     .arg(text(table.idColumn), countText(table.matched),
                          countText(table.looked, QObject::tr("row"), QObject::tr("rows")));
    else
        words << QObject::tr("No column names spectra of this project");
    if (!table.accessColumn.empty())
        words << QObject::tr("Column “%1” says where spectra are").arg(text(table.accessColumn)) +
                     (table.listed > 0
                          ? QObject::tr("; %1 of them are in this project").arg(countText(table.listed))
                          : QString());
    if (!table.shared && (!table.idColumn.empty() || !table.accessColumn.empty()))
        words << QObject::tr("Its rows are too many to follow the cursor in them");
    return words.join(QStringLiteral(".\n")) + '.';
}

} // namespace

ReceivedTables::ReceivedTables(bridge::Session& session, QWidget* parent)
    : QWidget(parent, Qt::Window), session_(session), list_(new QListWidget(this)), facts_(new QLabel(this)),
      file_(new QLabel(this)) {
    setObjectName(QStringLiteral("receivedTablesWindow"));
    setWindowTitle(tr("Tables that came – Balmer"));
    list_->setObjectName(QStringLiteral("receivedTablesList"));
    list_->setToolTip(tr("Tables that other programs sent, the newest first"));
    for (QLabel* label : {facts_, file_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    facts_->setObjectName(QStringLiteral("receivedTableFacts"));
    file_->setObjectName(QStringLiteral("receivedTableFile"));
    widgets::setTone(*file_, widgets::Tone::Muted);
    const auto button = [this](const char* name, const QString& words, const QString& tip) {
        auto* made = new QPushButton(words, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        made->setAutoDefault(false);
        return made;
    };
    columns_ = button("receivedTableColumnsButton", tr("Take columns and labels…"),
                      tr("Columns become values of the spectra that the rows name, one of them labels"));
    spectra_ = button("receivedTableSpectraButton", tr("List its spectra…"),
                      tr("The rows as a list of spectra to fetch, as a collection of this project"));
    remove_ = button("receivedTableRemoveButton", tr("Remove from the list"),
                     tr("Its file stays in the project (Del)"));
    connect(columns_, &QPushButton::clicked, this, &ReceivedTables::takeColumns);
    connect(spectra_, &QPushButton::clicked, this, &ReceivedTables::listSpectra);
    connect(remove_, &QPushButton::clicked, this, &ReceivedTables::removeChosen);
    connect(list_, &QListWidget::currentRowChanged, this, &ReceivedTables::showChosen);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(widgets::gridStep);
    buttons->addWidget(columns_);
    buttons->addWidget(spectra_);
    buttons->addStretch();
    buttons->addWidget(remove_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * widgets::gridStep, 2 * widgets::gridStep, 2 * widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(widgets::gridStep);
    column->addWidget(list_, 1);
    column->addWidget(facts_);
    column->addWidget(file_);
    column->addLayout(buttons);
    resize(620, 360);
    parent->window()->installEventFilter(this);
    showChosen();
}

void ReceivedTables::add(const QString& from, const api::ReceivedTable& table) {
    const Received received{from, QTime::currentTime().toString(QStringLiteral("HH:mm")), table};
    tables_.insert(tables_.begin(), received);
    const QString name = text(table.name.empty() ? table.file.filename().string() : table.name);
    list_->insertItem(0, tr("%1   %2   from %3, %4").arg(received.clock, name, from, rowsOf(table)));
    if (tables_.size() > mostTables) {
        tables_.pop_back();
        delete list_->takeItem(list_->count() - 1);
    }
    // What is being looked at stays chosen.
    if (!isVisible()) list_->setCurrentRow(0);
    showChosen();
    Q_EMIT countChanged(count(), isVisible() ? 0 : 1);
}

void ReceivedTables::open() {
    show();
    // A window of its own: the main window may stand before it.
    if (windowHandle()) windowHandle()->setTransientParent(nullptr);
    raise();
    activateWindow();
    list_->setFocus();
    Q_EMIT countChanged(count(), 0);
}

const ReceivedTables::Received* ReceivedTables::chosen() const {
    const int row = list_->currentRow();
    return row >= 0 && row < count() ? &tables_[std::size_t(row)] : nullptr;
}

void ReceivedTables::showChosen() {
    const Received* received = chosen();
    facts_->setText(received ? factsOf(received->table)
                             : tr("No table has come. In TOPCAT, choose one and press “Broadcast table”."));
    file_->setText(received ? tr("Kept as %1").arg(text(received->table.file.string())) : QString());
    columns_->setEnabled(received && !received->table.idColumn.empty());
    spectra_->setEnabled(received && !received->table.accessColumn.empty());
    remove_->setEnabled(received);
}

void ReceivedTables::takeColumns() {
    const Received* received = chosen();
    if (!received) return;
    auto* form = showTableForm(session_, received->from, received->table, this);
    connect(form, &JobForm::submitted, this, [this] { Q_EMIT said(tr("The table is being taken over")); });
}

void ReceivedTables::listSpectra() {
    if (const Received* received = chosen()) Q_EMIT listRequested(text(received->table.file.string()));
}

void ReceivedTables::removeChosen() {
    const int row = list_->currentRow();
    if (row < 0) return;
    tables_.erase(tables_.begin() + row);
    delete list_->takeItem(row);
    showChosen();
    Q_EMIT countChanged(count(), 0);
}

bool ReceivedTables::eventFilter(QObject* watched, QEvent* event) {
    // The program ends with its main window.
    if (watched == parentWidget()->window() && event->type() == QEvent::Close) close();
    return QWidget::eventFilter(watched, event);
}

void ReceivedTables::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape || event->matches(QKeySequence::Close))
        close();
    else if (event->key() == Qt::Key_Delete)
        removeChosen();
    else
        QWidget::keyPressEvent(event);
}

} // namespace balmer::desktop
