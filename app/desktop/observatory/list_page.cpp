#include "app/desktop/observatory/list_page.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>

#include "app/desktop/observatory/found_panel.h"

namespace balmer::desktop {

namespace {

QString inWords(const std::string& by) {
    if (by == "utype") return QObject::tr("by its utype");
    if (by == "ucd") return QObject::tr("by its UCD");
    if (by == "name") return QObject::tr("by its name");
    if (by == "values") return QObject::tr("by what it holds");
    return QObject::tr("as chosen");
}

} // namespace

ListPage::ListPage(bridge::Session& session, QWidget* parent)
    : ObservatoryPage(session, QStringLiteral("list"),
                      tr("A VOTable whose rows say where spectra are: saved by TOPCAT, or the answer of a "
                         "service."),
                      tr("Read"), tr("Read the table, fetch no spectrum yet (Enter)"), parent),
      column_(new QComboBox(this)),
      found_(new FoundPanel(session, QStringLiteral("listFound"),
                            tr("Choose a VOTable, or type its address, and press Read: its rows are listed "
                               "here, and nothing is fetched before you say so."),
                            this)) {
    place_ = namedField(named("PlaceField"), tr("File or address"), tr("a file, or https://…"),
                        tr("The VOTable: a file of this computer, or its address on the net"), this);
    base_ = namedField(named("BaseField"), tr("Relative to"), tr("the table's own address"),
                       tr("Where addresses that are relative begin; needed for a file with such addresses"),
                       this);
    column_->setObjectName(named("ColumnField"));
    column_->setAccessibleName(tr("Addresses in"));
    column_->setToolTip(
        tr("The column with the addresses of the spectra; its choice counts at the next Read"));
    column_->addItem(tr("found by itself"), QString());
    auto* choose =
        namedButton(named("FileButton"), tr("Choose…"), tr("Choose a file of this computer"), this);
    connect(choose, &QPushButton::clicked, this, &ListPage::chooseFile);
    auto* place = new QHBoxLayout;
    place->setSpacing(widgets::gridStep);
    place->addWidget(place_, 1);
    place->addWidget(choose);
    addRow(tr("Table"), place, place_);
    addRow(tr("Addresses in"), column_);
    addRow(tr("Relative to"), base_);
    for (QLineEdit* field : {place_, base_})
        asksOnEnter(field);
    // Another table has other columns.
    connect(place_, &QLineEdit::textEdited, this, [this] { offerColumns({}); });
    connect(found_, &FoundPanel::jobRequested, this, &ListPage::jobRequested);
    connect(found_, &FoundPanel::spectrumRequested, this, &ListPage::spectrumRequested);
    setContent(found_);
    restore();
}

void ListPage::enter() {
    place_->setFocus();
}

void ListPage::read(const QString& place) {
    place_->setText(place);
    base_->clear();
    offerColumns({});
    clearTrouble();
    ask();
}

QString ListPage::address() const {
    return place_->text().trimmed();
}

QJsonObject ListPage::entered() const {
    return {{QStringLiteral("place"), withoutSecret(address())},
            {QStringLiteral("base"), withoutSecret(base_->text().trimmed())}};
}

void ListPage::enter(const QJsonObject& entries) {
    place_->setText(entries[QStringLiteral("place")].toString());
    base_->setText(entries[QStringLiteral("base")].toString());
}

void ListPage::offerColumns(const vo::SpectrumList& list) {
    const QString chosen = column_->currentData().toString();
    column_->clear();
    column_->addItem(tr("found by itself"), QString());
    for (const auto& name : list.addressColumns)
        column_->addItem(text(name), text(name));
    if (const int at = column_->findData(chosen); at > 0) column_->setCurrentIndex(at);
}

void ListPage::chooseFile() {
    auto* dialog = new QFileDialog(this, tr("VOTable with spectra"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("VOTables (*.vot *.xml *.votable *.vot.gz *.xml.gz)"), tr("All files (*)")});
    dialog->setModal(false);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        place_->setText(file);
        offerColumns({});
    });
    dialog->show();
}

void ListPage::ask() {
    if (address().isEmpty()) {
        refuse(tr("Choose a VOTable, or type its address."), place_);
        return;
    }
    keep();
    vo::ListOptions options;
    options.accessColumn = plain(column_->currentData().toString());
    options.base = plain(base_->text().trimmed());
    question_.ask(
        [place = plain(address()), options](api::Observatory& observatory, core::TaskContext& task) {
            return observatory.readList(place, options, task);
        },
        [this, place = address()](core::Result<api::MarkedList> list) {
            if (!list) {
                refuse(list.error(), place_);
                return;
            }
            offerColumns(list->list);
            for (const auto& column : list->list.columns)
                if (column.serves == "access")
                    say(tr("The addresses stand in the column “%1”, found %2.")
                            .arg(text(column.name), inWords(column.by)),
                        widgets::Tone::Muted);
            const QUrl url(place);
            const QString name = url.host().isEmpty() ? QFileInfo(place).fileName() : url.host();
            found_->showList(std::move(*list), {}, name);
        });
}

} // namespace balmer::desktop
