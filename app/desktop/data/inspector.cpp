#include "app/desktop/data/inspector.h"

#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QTabWidget>
#include <QTableWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/data/spectrum_facts.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::text;

namespace {

SpectrumFacts factsOf(const api::SpectrumRow& row) {
    SpectrumFacts facts = observedFacts(row);
    for (auto& fact : judgedFacts(row))
        facts.push_back(std::move(fact));
    return facts;
}

QString inWords(const active::LabelEvent& event) {
    QString words = event.kind == active::LabelKind::Class
                        ? text(event.className)
                        : text(std::string(active::toString(event.kind))).replace('-', ' ');
    if (!event.comment.empty()) words += QStringLiteral(" – ") + text(event.comment);
    return words;
}

} // namespace

struct Inspector::Facts {
    SpectrumFacts metadata;
    std::vector<spectrum::HeaderCard> header;
    std::vector<active::LabelEvent> history;
};

Inspector::Inspector(bridge::Session& session, QWidget* parent)
    : FollowingPanel(session, parent), tabs_(new QTabWidget), search_(new QLineEdit),
      header_(new QTableWidget), history_(new QTreeWidget) {
    setObjectName(QStringLiteral("inspector"));
    tabs_->setDocumentMode(true);
    tabs_->addTab(metadataPage(), tr("Metadata"));
    tabs_->addTab(headerPage(), tr("Header"));
    history_->setObjectName(QStringLiteral("labelHistory"));
    history_->setHeaderLabels({tr("when"), tr("who"), tr("what")});
    history_->setRootIsDecorated(false);
    history_->setFrameShape(QFrame::NoFrame);
    historyTab_ = tabs_->addTab(history_, tr("Labels"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(tabs_);
    connect(search_, &QLineEdit::textChanged, this, &Inspector::filterHeader);
    connect(&session.events(), &bridge::EventRelay::labelsChanged, this, [this](const QStringList& ids) {
        if (isVisible() && ids.contains(session_.selection().current())) follow();
    });
}

QWidget* Inspector::metadataPage() {
    auto* facts = new QWidget;
    auto* form = new QFormLayout(facts);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setHorizontalSpacing(2 * widgets::gridStep);
    form->setVerticalSpacing(widgets::gridStep / 2);
    for (const auto& [name, value] : factsOf({})) {
        auto* title = new QLabel(name);
        title->setForegroundRole(QPalette::PlaceholderText);
        auto* label = new QLabel(value);
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
    return scroll;
}

QWidget* Inspector::headerPage() {
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
    return page;
}

void Inspector::follow() {
    const QString id = session_.selection().current();
    if (id.isEmpty()) {
        session_.lists().forget(this, "facts");
        fill({factsOf({}), {}, {}});
        shown_.clear();
        return;
    }
    session_.lists().latest(
        this, "facts",
        [&workbench = session_.workbench(), wanted = bridge::plain(id)](const std::stop_token& stop) {
            Facts facts;
            const auto row = workbench.spectra().row(wanted);
            facts.metadata = factsOf(row ? *row : api::SpectrumRow{});
            if (stop.stop_requested()) return facts;
            if (auto header = workbench.spectra().header(wanted)) facts.header = std::move(*header);
            if (auto history = workbench.labelling().history(wanted)) facts.history = std::move(*history);
            return facts;
        },
        [this, id](const Facts& facts) {
            fill(facts);
            shown_ = id;
        });
}

QString Inspector::differs(const Chosen& chosen) const {
    return shown_ == chosen.current ? QString()
                                    : tr("the inspector does not show %1 yet").arg(chosen.current);
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
    for (std::size_t i = facts.history.size(); i-- > 0;) {
        const active::LabelEvent& event = facts.history[i];
        auto* item =
            new QTreeWidgetItem(history_, {bridge::timeText(event.when), text(event.who), inWords(event)});
        item->setToolTip(2, tr("%1, given in the %2").arg(item->text(2), text(event.view)));
    }
    tabs_->setTabText(historyTab_,
                      facts.history.empty() ? tr("Labels") : tr("Labels (%1)").arg(facts.history.size()));
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
