#include "app/desktop/data/inspector.h"

#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QTableWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::numberText;
using bridge::text;

namespace {

const QString absent = QStringLiteral("–");

QString orAbsent(const QString& value) {
    return value.isEmpty() ? absent : value;
}

QString inWords(const active::LabelEvent& event) {
    QString words = event.kind == active::LabelKind::Class
                        ? text(event.className)
                        : text(std::string(active::toString(event.kind))).replace('-', ' ');
    if (!event.comment.empty()) words += QStringLiteral(" – ") + text(event.comment);
    return words;
}

} // namespace

std::vector<std::pair<QString, QString>> metadataOf(const api::SpectrumRow& row) {
    QString observed = text(row.observed);
    observed.replace('T', ' ');
    if (observed.size() > 16) observed.truncate(16);
    if (!observed.isEmpty()) observed += QStringLiteral(" UTC");
    QString predicted = text(row.predicted);
    if (row.probability) predicted += QStringLiteral(" (p = %1)").arg(numberText(row.probability, 3));
    return {
        {QStringLiteral("object"), orAbsent(text(row.object))},
        {QStringLiteral("position"), row.position ? text(spectrum::formatPosition(*row.position)) : absent},
        {QStringLiteral("observed"), orAbsent(observed)},
        {QStringLiteral("class"), orAbsent(text(row.spectralClass))},
        {QStringLiteral("S/N"), orAbsent(numberText(row.signalToNoise, 1))},
        {QStringLiteral("magnitude"), orAbsent(numberText(row.magnitude, 2))},
        {QStringLiteral("redshift"), orAbsent(numberText(row.redshift, 6))},
        {QStringLiteral("survey"), orAbsent(text(row.survey))},
        {QStringLiteral("survey id"), orAbsent(text(row.surveyId))},
        {QStringLiteral("collection"), orAbsent(text(row.collection))},
        {QStringLiteral("label"), orAbsent(text(row.label))},
        {QStringLiteral("flags"), orAbsent(text(row.flags))},
        {QStringLiteral("predicted"), orAbsent(predicted)},
        {QStringLiteral("entropy"), orAbsent(numberText(row.entropy, 3))},
        {QStringLiteral("comment"), orAbsent(text(row.comment))}};
}

struct Inspector::Facts {
    std::vector<std::pair<QString, QString>> metadata;
    std::vector<spectrum::HeaderCard> header;
    std::vector<active::LabelEvent> history;
};

Inspector::Inspector(bridge::Session& session, QWidget* parent)
    : QTabWidget(parent), session_(session), search_(new QLineEdit), header_(new QTableWidget),
      history_(new QTreeWidget) {
    setObjectName(QStringLiteral("inspector"));
    setDocumentMode(true);

    auto* facts = new QWidget;
    auto* form = new QFormLayout(facts);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setHorizontalSpacing(2 * widgets::gridStep);
    form->setVerticalSpacing(widgets::gridStep / 2);
    for (const auto& [name, value] : metadataOf({})) {
        auto* title = new QLabel(name);
        title->setForegroundRole(QPalette::PlaceholderText);
        auto* label = new QLabel(absent);
        label->setObjectName(QString(name).remove(' ') + QStringLiteral("Value"));
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setWordWrap(true);
        label->setMinimumWidth(80);
        form->addRow(title, label);
        values_.push_back(label);
    }
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(facts);
    addTab(scroll, tr("Metadata"));

    search_->setObjectName(QStringLiteral("headerSearchField"));
    search_->setPlaceholderText(tr("search the header…"));
    search_->setToolTip(tr("Shows the cards whose key, value or comment holds this text"));
    search_->setClearButtonEnabled(true);
    header_->setObjectName(QStringLiteral("headerTable"));
    header_->setColumnCount(3);
    header_->setHorizontalHeaderLabels({tr("key"), tr("value"), tr("comment")});
    header_->verticalHeader()->hide();
    header_->verticalHeader()->setDefaultSectionSize(header_->fontMetrics().height() + 8);
    header_->horizontalHeader()->setStretchLastSection(true);
    header_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    header_->setSelectionBehavior(QAbstractItemView::SelectRows);
    header_->setShowGrid(false);
    header_->setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, widgets::gridStep, 0, 0);
    column->addWidget(search_);
    column->addWidget(header_);
    addTab(page, tr("Header"));

    history_->setObjectName(QStringLiteral("labelHistory"));
    history_->setHeaderLabels({tr("when"), tr("who"), tr("what")});
    history_->setRootIsDecorated(false);
    history_->setFrameShape(QFrame::NoFrame);
    addTab(history_, tr("Labels"));

    connect(search_, &QLineEdit::textChanged, this, &Inspector::filterHeader);
}

void Inspector::show(const QString& id) {
    id_ = id;
    if (id.isEmpty()) {
        session_.lists().forget(this, "facts");
        Facts nothing;
        nothing.metadata = metadataOf({});
        fill(nothing);
        return;
    }
    session_.lists().latest(
        this, "facts",
        [&workbench = session_.workbench(), wanted = bridge::plain(id)](const std::stop_token& stop) {
            Facts facts;
            const auto row = workbench.spectra().row(wanted);
            facts.metadata = metadataOf(row ? *row : api::SpectrumRow{});
            if (stop.stop_requested()) return facts;
            if (auto header = workbench.spectra().header(wanted)) facts.header = std::move(*header);
            if (auto history = workbench.labelling().history(wanted)) facts.history = std::move(*history);
            return facts;
        },
        [this](const Facts& facts) { fill(facts); });
}

void Inspector::fill(const Facts& facts) {
    for (std::size_t i = 0; i < values_.size() && i < facts.metadata.size(); ++i)
        values_[i]->setText(facts.metadata[i].second);

    header_->setUpdatesEnabled(false);
    header_->setRowCount(int(facts.header.size()));
    for (int i = 0; i < int(facts.header.size()); ++i) {
        const auto& card = facts.header[std::size_t(i)];
        const QString cells[] = {text(card.key), text(card.value), text(card.comment)};
        for (int c = 0; c < 3; ++c) {
            auto* item = new QTableWidgetItem(cells[c]);
            item->setToolTip(cells[c]);
            header_->setItem(i, c, item);
        }
    }
    header_->setUpdatesEnabled(true);
    filterHeader();

    history_->clear();
    for (auto event = facts.history.rbegin(); event != facts.history.rend(); ++event) {
        auto* item =
            new QTreeWidgetItem(history_, {bridge::timeText(event->when), text(event->who), inWords(*event)});
        item->setToolTip(2, tr("%1, given in the %2").arg(item->text(2), text(event->view)));
    }
    setTabText(2, facts.history.empty() ? tr("Labels") : tr("Labels (%1)").arg(facts.history.size()));
}

void Inspector::filterHeader() {
    const QString wanted = search_->text().trimmed();
    for (int row = 0; row < header_->rowCount(); ++row) {
        bool found = wanted.isEmpty();
        for (int c = 0; c < 3 && !found; ++c)
            found = header_->item(row, c)->text().contains(wanted, Qt::CaseInsensitive);
        header_->setRowHidden(row, !found);
    }
}

} // namespace balmer::desktop
