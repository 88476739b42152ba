#include "app/desktop/observatory/tree_page.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include "app/desktop/jobs/submit_job.h"
#include "engine/api/job_kinds.h"
#include "widgets/common/empty_state.h"

namespace balmer::desktop {

namespace {

QTableView* plainTable(const QString& name, const QString& title, QAbstractItemModel* model,
                       QWidget* parent) {
    auto* view = new QTableView(parent);
    view->setObjectName(name);
    view->setAccessibleName(title);
    view->setModel(model);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->setFrameShape(QFrame::NoFrame);
    view->setFont(widgets::tabularFont(view->font()));
    view->setTextElideMode(Qt::ElideMiddle);
    view->verticalHeader()->hide();
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->verticalHeader()->setDefaultSectionSize(QFontMetrics(view->font()).height() + widgets::gridStep);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setStretchLastSection(false);
    view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    return view;
}

const jobs::Field& fetchField(std::string_view name) {
    return *api::findJobKind("fetch")->field(name);
}

int usual(std::string_view name) {
    return text(fetchField(name).initial).toInt();
}

void limit(QSpinBox* box, std::string_view name) {
    const auto& field = fetchField(name);
    box->setRange(int(field.minimum.value_or(0)), int(field.maximum.value_or(jobs::greatestInteger)));
}

bool same(const api::TreeRequest& a, const api::TreeRequest& b) {
    return a.url == b.url && a.match == b.match && a.depth == b.depth && a.mostFiles == b.mostFiles;
}

} // namespace

TreePage::TreePage(bridge::Session& session, QWidget* parent)
    : ObservatoryPage(session, QStringLiteral("tree"),
                      tr("All files below a folder that a web or FTP server shows, or one file."), tr("Look"),
                      tr("See what there is and how large, fetch nothing yet (Enter)"), parent) {
    build();
    restore();
    showFetch();
}

void TreePage::build() {
    address_ = namedField(named("AddressField"), tr("Address"),
                          QStringLiteral("https://archive.example.org/spectra/"),
                          tr("Of the folder or file: http://, https://, ftp:// or ftps://"), this);
    match_ =
        namedField(named("MatchField"), tr("Names to match"), tr("*.fits *.fits.gz; empty: all"),
                   tr("Only files with these names, with * and ?, parted by blanks; empty: all files"), this);
    depth_ = new QSpinBox(this);
    depth_->setObjectName(named("DepthField"));
    depth_->setAccessibleName(tr("Folders deep"));
    depth_->setToolTip(tr("So many folders below the address are looked into; 0: none"));
    limit(depth_, "depth");
    most_ = new QSpinBox(this);
    most_->setObjectName(named("MostField"));
    most_->setAccessibleName(tr("Files at most"));
    most_->setToolTip(tr("No more files are looked for than this"));
    limit(most_, "max_files");
    for (QSpinBox* box : {depth_, most_}) {
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        connect(box, &QSpinBox::valueChanged, this, &TreePage::showFetch);
    }
    addRow(tr("Address"), address_);
    addRow(tr("Names"), match_);
    addRow(tr("Folders deep"), depth_);
    addRow(tr("Files at most"), most_);
    for (QLineEdit* field : {address_, match_}) {
        asksOnEnter(field);
        connect(field, &QLineEdit::textChanged, this, &TreePage::showFetch);
    }

    empty_ = new widgets::EmptyState(widgets::Icon::Import,
                                     tr("Type the address of a folder on the net and press Look: what it "
                                        "holds is listed here, and nothing "
                                        "is fetched before you say so."),
                                     QString(), this);
    empty_->setObjectName(named("Empty"));
    found_ = namedSentence(named("Found"), this);
    QFont strong = found_->font();
    strong.setBold(true);
    found_->setFont(strong);
    notes_ = namedSentence(named("Notes"), this);
    widgets::setTone(*notes_, widgets::Tone::Warning);
    leftOut_ = namedSentence(named("LeftOut"), this);
    widgets::setTone(*leftOut_, widgets::Tone::Muted);
    refusal_ = namedSentence(named("Refusal"), this);
    widgets::setTone(*refusal_, widgets::Tone::Error);
    refusal_->hide();
    files_ = new PreviewModel(PreviewModel::Shows::Files, this);
    skipped_ = new PreviewModel(PreviewModel::Shows::LeftOut, this);
    fileView_ = plainTable(named("FilesView"), tr("Files"), files_, this);
    fileView_->setColumnWidth(1, 14 * widgets::gridStep);
    skippedView_ = plainTable(named("SkippedView"), tr("Left out"), skipped_, this);
    skippedView_->setColumnWidth(1, 45 * widgets::gridStep);
    skippedView_->setMaximumHeight(20 * widgets::gridStep);
    to_ = new DestinationFields(QStringLiteral("tree"), this);
    fetch_ = namedButton(named("FetchButton"), tr("Fetch and import"), {}, this);
    job_ = new JobLine(session_, QStringLiteral("tree"), this);
    connect(fetch_, &QPushButton::clicked, this, &TreePage::fetch);
    connect(job_, &JobLine::jobRequested, this, &TreePage::jobRequested);

    auto* listing = new QWidget;
    auto* lists = new QVBoxLayout(listing);
    lists->setContentsMargins(0, 0, 0, 0);
    lists->setSpacing(widgets::gridStep);
    lists->addWidget(found_);
    lists->addWidget(notes_);
    lists->addWidget(fileView_, 3);
    lists->addWidget(leftOut_);
    lists->addWidget(skippedView_, 1);
    stack_ = new QStackedWidget(this);
    stack_->addWidget(empty_);
    stack_->addWidget(listing);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(widgets::gridStep);
    buttons->addStretch(1);
    buttons->addWidget(fetch_);
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(widgets::gridStep);
    column->addWidget(stack_, 1);
    column->addWidget(to_);
    column->addWidget(refusal_);
    column->addLayout(buttons);
    column->addWidget(job_);
    setContent(content);
}

void TreePage::enter() {
    address_->setFocus();
}

QString TreePage::address() const {
    return address_->text().trimmed();
}

QJsonObject TreePage::entered() const {
    return {{QStringLiteral("address"), withoutSecret(address())},
            {QStringLiteral("match"), match_->text().trimmed()},
            {QStringLiteral("depth"), depth_->value()},
            {QStringLiteral("most"), most_->value()}};
}

void TreePage::enter(const QJsonObject& entries) {
    address_->setText(entries[QStringLiteral("address")].toString());
    match_->setText(entries[QStringLiteral("match")].toString());
    depth_->setValue(entries[QStringLiteral("depth")].toInt(usual("depth")));
    most_->setValue(entries[QStringLiteral("most")].toInt(usual("max_files")));
}

api::TreeRequest TreePage::request() const {
    static const QRegularExpression gaps(QStringLiteral("[\\s,;]+"));
    api::TreeRequest asked;
    asked.url = plain(address());
    for (const QString& name : match_->text().split(gaps, Qt::SkipEmptyParts))
        asked.match.push_back(plain(name));
    asked.depth = std::size_t(depth_->value());
    asked.mostFiles = std::size_t(most_->value());
    return asked;
}

void TreePage::ask() {
    if (address().isEmpty()) {
        refuse(tr("Type the address of a folder or file on the net."), address_);
        return;
    }
    keep();
    const auto asked = request();
    question_.ask([asked](api::Observatory& observatory,
                          core::TaskContext& task) { return observatory.preview(asked, task); },
                  [this, asked](core::Result<api::TreePreview> preview) {
                      if (preview)
                          show(std::move(*preview), asked);
                      else
                          refuse(preview.error(), address_);
                  });
}

void TreePage::show(api::TreePreview preview, const api::TreeRequest& request) {
    preview_ = std::make_shared<const api::TreePreview>(std::move(preview));
    looked_ = request;
    fetched_ = false;
    files_->setPreview(preview_);
    skipped_->setPreview(preview_);
    QString size = bridge::bytesText(qint64(preview_->bytes));
    if (preview_->unsized > 0)
        size += tr(" and %1 of unknown size").arg(countText(preview_->unsized, tr("file"), tr("files")));
    const QString root = text(preview_->root);
    const QString where =
        preview_->folders == 0
            ? tr("in %1").arg(root)
            : tr("in %1 below %2").arg(countText(preview_->folders, tr("folder"), tr("folders")), root);
    found_->setText(
        tr("%1, %2, %3").arg(countText(preview_->files.size(), tr("file"), tr("files")), size, where));
    QStringList notes;
    if (preview_->cut)
        notes << tr(
            "▲ There is more: a limit was reached. Match fewer names, fetch part by part, or allow more "
            "files.");
    if (preview_->files.empty() && preview_->unmatched > 0)
        notes << tr("▲ No file has one of the names; take * and ? for what varies, or leave Names empty.");
    else if (preview_->files.empty())
        notes << tr("▲ No file was found: is this the address of a folder that the server lists?");
    notes_->setText(notes.join('\n'));
    notes_->setVisible(!notes.isEmpty());
    QStringList rest;
    if (preview_->unmatched > 0)
        rest << tr("%1 with other names").arg(countText(preview_->unmatched, tr("file"), tr("files")));
    if (!preview_->skipped.empty())
        rest << tr("%1 left out:").arg(countText(preview_->skipped.size(), tr("entry"), tr("entries")));
    leftOut_->setText(rest.join(QStringLiteral("; ")));
    leftOut_->setVisible(!rest.isEmpty());
    skippedView_->setVisible(!preview_->skipped.empty());
    stack_->setCurrentIndex(1);
    fileView_->scrollToTop();
    showFetch();
}

void TreePage::showFetch() {
    const bool some = preview_ && !preview_->files.empty();
    const bool fresh = looked_ && !fetched_ && same(*looked_, request());
    fetch_->setText(some && fresh ? tr("Fetch and import (%1)").arg(countText(preview_->files.size()))
                                  : tr("Fetch and import"));
    fetch_->setEnabled(some && fresh);
    fetch_->setToolTip(!looked_   ? tr("Look first: then it is known what would be fetched")
                       : fetched_ ? tr("A job fetches these files; look again to fetch anew")
                       : !fresh
                           ? tr("The fields have changed: look again first")
                           : tr("Start the job that fetches these files and imports the spectra in them"));
    fetch_->setProperty("primary", some && fresh);
    fetch_->style()->unpolish(fetch_);
    fetch_->style()->polish(fetch_);
}

void TreePage::fetch() {
    refusal_->hide();
    const auto refuseJob = [this](const core::Error& error) {
        refusal_->setText(bridge::errorText(error));
        refusal_->show();
    };
    auto spec = session_.workbench().observatory().fetchJob(*looked_, to_->destination());
    if (!spec) {
        refuseJob(spec.error());
        return;
    }
    const QString subject = tr("%1 from %2")
                                .arg(countText(preview_->files.size(), tr("file"), tr("files")),
                                     QUrl(text(preview_->root)).host());
    spec->label = plain(subject);
    submitJob(session_, this, std::move(*spec), "here",
              [this, subject, refuseJob](const core::Result<jobs::JobId>& job) {
                  if (job) {
                      job_->follow(*job, subject);
                      return;
                  }
                  refuseJob(job.error());
                  fetched_ = false;
                  showFetch();
              });
    fetched_ = true;
    showFetch();
}

} // namespace balmer::desktop
