#include "app/desktop/observatory/found_panel.h"

#include <algorithm>

#include <QCheckBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/submit_job.h"
#include "app/desktop/observatory/form_parts.h"
#include "widgets/common/theme.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::plain;
using bridge::text;

namespace {
constexpr std::size_t mostFailuresShown = 4;
constexpr int markMilliseconds = 1000;
constexpr int widestTitle = 32 * widgets::gridStep;
} // namespace

FoundPanel::FoundPanel(bridge::Session& session, const QString& name, const QString& emptySentence,
                       QWidget* parent)
    : QWidget(parent), session_(session), model_(new FoundModel(session.lists(), this)),
      table_(new widgets::SpectrumTable(name + QStringLiteral("Table"), this)),
      notices_(namedSentence(name + QStringLiteral("Notices"), this)), facts_(new QLabel(this)),
      refusal_(namedSentence(name + QStringLiteral("Refusal"), this)),
      repeated_(new QCheckBox(tr("show repeated"), this)), to_(new DestinationFields(name, this)),
      chosen_(namedButton(name + QStringLiteral("FetchChosenButton"), tr("Fetch chosen"),
                          tr("Fetch the chosen rows and import them; what the project has is passed over"),
                          this)),
      all_(namedButton(name + QStringLiteral("FetchAllButton"), tr("Fetch all"),
                       tr("Fetch all rows that the project does not have, one form of each, and import them"),
                       this)),
      job_(new JobLine(session, name, this)), emptySentence_(emptySentence) {
    setObjectName(name + QStringLiteral("Panel"));
    widgets::setTone(*notices_, widgets::Tone::Warning);
    notices_->hide();
    widgets::setTone(*refusal_, widgets::Tone::Error);
    refusal_->hide();
    facts_->setObjectName(name + QStringLiteral("Facts"));
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    facts_->setWordWrap(true);
    widgets::setTone(*facts_, widgets::Tone::Muted);
    repeated_->setObjectName(name + QStringLiteral("RepeatedBox"));
    repeated_->setToolTip(
        tr("Also rows of which another row is the same dataset, at the same address or in another form"));
    QSizePolicy keepsRoom = repeated_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    repeated_->setSizePolicy(keepsRoom);
    repeated_->hide();

    table_->setModel(model_);
    table_->filterEdit()->setPlaceholderText(tr("only rows with these words"));
    table_->filterEdit()->setToolTip(
        tr("Show only rows that hold all these words, in any column; Escape clears"));
    table_->emptyState()->setSentence(emptySentence_);
    const QString samples[FoundModel::ColumnCount] = {QStringLiteral("LAMOST J085517.65+241842"),
                                                      QStringLiteral("a position"),
                                                      QStringLiteral("✓ cannot be fetched"),
                                                      QStringLiteral("00h00m00.00s +00°00′00.0″"),
                                                      QStringLiteral("2000-00-00"),
                                                      QStringLiteral("00000 – 00000"),
                                                      QStringLiteral("000.0 kB"),
                                                      QStringLiteral("VOTable"),
                                                      QStringLiteral("000.0"),
                                                      QStringLiteral("LAMOST DR10")};
    const QFontMetrics metrics(table_->view()->font());
    for (int c = 0; c < FoundModel::ColumnCount; ++c)
        table_->view()->setColumnWidth(c, metrics.horizontalAdvance(samples[c]) + 3 * widgets::gridStep);
    table_->view()->setColumnHidden(FoundModel::AskedFor, true);
    connect(table_, &widgets::SpectrumTable::filterChanged, model_, &FoundModel::setFilter);
    connect(table_, &widgets::SpectrumTable::selectedIdsChanged, this, &FoundPanel::showCounts);
    connect(table_, &widgets::SpectrumTable::opened, this, &FoundPanel::open);
    connect(repeated_, &QCheckBox::toggled, model_, &FoundModel::showRepeated);
    connect(model_, &QAbstractItemModel::modelReset, this, &FoundPanel::showCounts);
    connect(model_, &QAbstractItemModel::layoutChanged, this, &FoundPanel::showCounts);
    connect(model_, &QAbstractItemModel::dataChanged, this, &FoundPanel::showCounts);
    connect(chosen_, &QPushButton::clicked, this, [this] { fetch(chosenRows()); });
    connect(all_, &QPushButton::clicked, this, [this] { fetch(model_->freeRows()); });
    connect(job_, &JobLine::jobRequested, this, &FoundPanel::jobRequested);
    connect(&session.events(), &bridge::EventRelay::jobsChanged, this, &FoundPanel::followJobs);
    // An import changes the catalogue many times a second; once in a while is enough for the marks.
    auto* soon = new QTimer(this);
    soon->setSingleShot(true);
    soon->setInterval(markMilliseconds);
    connect(soon, &QTimer::timeout, this, &FoundPanel::markAnew);
    connect(&session.events(), &bridge::EventRelay::catalogueChanged, soon, [soon] {
        if (!soon->isActive()) soon->start();
    });

    auto* facts = new QHBoxLayout;
    facts->setSpacing(widgets::gridStep);
    facts->addWidget(facts_, 1);
    facts->addWidget(repeated_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(widgets::gridStep);
    buttons->addStretch(1);
    buttons->addWidget(chosen_);
    buttons->addWidget(all_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(widgets::gridStep);
    column->addWidget(notices_);
    column->addWidget(table_, 1);
    column->addLayout(facts);
    column->addWidget(to_);
    column->addWidget(refusal_);
    column->addLayout(buttons);
    column->addWidget(job_);
    showCounts();
}

void FoundPanel::showList(api::MarkedList list, std::vector<std::string> askedFor, const QString& subject) {
    ++generation_;
    subject_ = subject;
    refusal_->hide();
    table_->emptyState()->setSentence(
        tr("Nothing was found. Ask for more of the sky, a wider band or a longer "
           "time, or ask another service."));
    model_->setList(std::move(list), std::move(askedFor));
    table_->view()->setColumnHidden(FoundModel::AskedFor, !model_->hasAskedFor());
    table_->view()->scrollToTop();
    const int titles = static_cast<QAbstractItemView*>(table_->view())->sizeHintForColumn(FoundModel::Title);
    if (const int width = std::min(titles + widgets::gridStep, widestTitle);
        width > table_->view()->columnWidth(0))
        table_->view()->setColumnWidth(FoundModel::Title, width);
    showNotices();
    // What was fetched before the list came is known; what a job fetches now is not of this list.
    running_.clear();
}

void FoundPanel::showNotices() {
    const auto& list = model_->list().list;
    QStringList lines;
    if (list.overflow)
        lines
            << tr("The service has more than it gave (overflow)%1; ask for less of the sky, or for more rows "
                  "at most.")
                   .arg(list.message.empty() ? QString() : QStringLiteral(": ") + text(list.message));
    if (list.cut)
        lines << tr("The table is longer than %1 rows; the rest was not read.")
                     .arg(countText(list.rows.size()));
    if (list.accessColumn.empty() && !list.rows.empty()) {
        QStringList names;
        for (const auto& name : list.addressColumns)
            names << text(name);
        lines
            << (names.isEmpty()
                    ? tr("No column of the table holds addresses of spectra, so nothing can be fetched.")
                    : tr("Several columns may hold the addresses of the spectra: %1. Choose one on the left "
                         "and read again.")
                          .arg(names.join(QStringLiteral(", "))));
    }
    for (std::size_t i = 0; i < std::min(list.failures.size(), mostFailuresShown); ++i)
        lines << tr("No answer %1").arg(text(list.failures[i]));
    if (list.failures.size() > mostFailuresShown)
        lines << tr("… and %1 more questions without an answer.")
                     .arg(countText(list.failures.size() - mostFailuresShown));
    for (QString& line : lines)
        if (!line.startsWith(QChar(0x2026))) line.prepend(QStringLiteral("▲ "));
    notices_->setText(lines.join('\n'));
    notices_->setVisible(!lines.isEmpty());
}

std::vector<std::size_t> FoundPanel::chosenRows() const {
    std::vector<std::size_t> rows;
    for (const QString& id : table_->selectedIds()) {
        const std::size_t row = id.toULongLong();
        const auto state = model_->stateOf(row);
        // A row that was chosen is meant, whatever else there is.
        if (state == FoundModel::State::Free || state == FoundModel::State::Repeated) rows.push_back(row);
    }
    return rows;
}

void FoundPanel::showCounts() {
    const auto& counts = model_->counts();
    const std::size_t total = model_->list().list.rows.size();
    table_->setCounts(model_->rowCount(), qint64(total));
    QStringList parts;
    if (counts.inProject > 0) parts << tr("%1 in the project").arg(countText(counts.inProject));
    if (counts.onTheirWay > 0) parts << tr("%1 on their way").arg(countText(counts.onTheirWay));
    if (counts.repeated > 0) parts << tr("%1 repeated").arg(countText(counts.repeated));
    if (counts.unfetchable > 0) {
        const QString reason = model_->commonTrouble();
        parts << tr("%1 cannot be fetched").arg(countText(counts.unfetchable)) +
                     (reason.isEmpty() ? QString() : QStringLiteral(": ") + reason);
    }
    facts_->setText(parts.join(QStringLiteral("  ·  ")));
    repeated_->setVisible(counts.repeated > 0);
    const auto with = [](const QString& words, std::size_t count) {
        return count == 0 ? words : QStringLiteral("%1 (%2)").arg(words, countText(count));
    };
    const std::size_t chosen = chosenRows().size();
    chosen_->setText(with(tr("Fetch chosen"), chosen));
    chosen_->setEnabled(chosen > 0);
    all_->setText(with(tr("Fetch all"), counts.free));
    all_->setEnabled(counts.free > 0);
    all_->setProperty("primary", counts.free > 0);
    all_->style()->unpolish(all_);
    all_->style()->polish(all_);
}

void FoundPanel::fetch(const std::vector<std::size_t>& rows) {
    if (submitting_) return;
    submitting_ = true;
    refusal_->hide();
    const auto refuse = [this](const core::Error& error) {
        submitting_ = false;
        refusal_->setText(bridge::errorText(error));
        refusal_->show();
    };
    const QString subject =
        tr("%1 from %2").arg(countText(rows.size(), tr("spectrum"), tr("spectra")), subject_);
    const auto submit = [this, rows, subject, refuse, generation = generation_](jobs::JobSpec spec) {
        spec.label = plain(subject);
        submitJob(session_, this, std::move(spec), "here",
                  [this, rows, subject, refuse, generation](const core::Result<jobs::JobId>& job) {
                      if (!job) {
                          refuse(job.error());
                          return;
                      }
                      submitting_ = false;
                      running_.insert(*job);
                      job_->follow(*job, subject);
                      // The list in sight may be another one by now.
                      if (generation == generation_) model_->setOnTheirWay(rows, *job);
                  });
    };
    session_.lists().latest(
        this, "retrieve",
        [&workbench = session_.workbench(), shared = model_->sharedList(), rows, to = to_->destination()](
            const std::stop_token&) { return workbench.observatory().retrieveJob(shared->list, rows, to); },
        [submit, refuse](core::Result<jobs::JobSpec> spec) {
            if (spec)
                submit(std::move(*spec));
            else
                refuse(spec.error());
        });
}

void FoundPanel::followJobs(const std::vector<jobs::Job>& jobs) {
    for (const auto& job : jobs)
        if (jobs::isFinal(job.phase) && running_.erase(job.id) > 0) {
            model_->forgetJob(job.id);
            markAnew();
        }
}

void FoundPanel::markAnew() {
    if (model_->list().list.rows.empty()) return;
    session_.lists().latest(
        this, "marks",
        [&workbench = session_.workbench(), shared = model_->sharedList()](const std::stop_token&) {
            api::MarkedList list = *shared;
            const auto marked = workbench.observatory().mark(list);
            return marked ? std::optional(std::move(list.inProject)) : std::nullopt;
        },
        [this, generation = generation_](std::optional<std::vector<std::string>> marks) {
            if (marks && generation == generation_) model_->setMarks(std::move(*marks));
        });
}

void FoundPanel::open(const QString& row) {
    const std::string& id = model_->list().inProject[row.toULongLong()];
    if (!id.empty()) Q_EMIT spectrumRequested(text(id));
}

} // namespace balmer::desktop
