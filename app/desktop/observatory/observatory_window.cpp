#include "app/desktop/observatory/observatory_window.h"

#include <algorithm>

#include <QCloseEvent>
#include <QKeyEvent>
#include <QScreen>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>
#include <QWindow>

#include "app/desktop/observatory/list_page.h"
#include "app/desktop/observatory/ssap_page.h"
#include "app/desktop/observatory/tree_page.h"
#include "widgets/common/icons.h"

namespace balmer::desktop {

namespace {
const QString pageSetting = QStringLiteral("desktop.observatory.page");
constexpr QSize usualSize{1160, 740}, leastSize{900, 520};
} // namespace

ObservatoryWindow::ObservatoryWindow(bridge::Session& session, QWidget* parent)
    : QWidget(parent, Qt::Window), session_(session), tabs_(new QTabWidget(this)),
      list_(new ListPage(session, this)) {
    setObjectName(QStringLiteral("observatoryWindow"));
    setWindowTitle(tr("From the Observatory"));
    setWindowIcon(widgets::applicationIcon());
    tabs_->setObjectName(QStringLiteral("observatoryTabs"));
    tabs_->setDocumentMode(true);
    addPage(new TreePage(session, this), tr("Folder on the net"),
            tr("All files below a folder, or one file"));
    addPage(list_, tr("VOTable"), tr("A table whose rows say where spectra are"));
    addPage(new SsapPage(session, this), tr("SSAP service"), tr("An archive that answers questions"));
    tabs_->setCurrentIndex(std::clamp(session.setting(pageSetting).toInt(), 0, int(pages_.size()) - 1));
    connect(tabs_, &QTabWidget::currentChanged, this, [this] { page()->enter(); });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(tabs_);
    setMinimumSize(leastSize);
    resize(usualSize.boundedTo(screen()->availableSize()).expandedTo(leastSize));
    parent->window()->installEventFilter(this);
}

void ObservatoryWindow::addPage(ObservatoryPage* page, const QString& title, const QString& tip) {
    pages_.push_back(page);
    tabs_->setTabToolTip(tabs_->addTab(page, title), tip);
    connect(page, &ObservatoryPage::jobRequested, this, &ObservatoryWindow::jobRequested);
    connect(page, &ObservatoryPage::spectrumRequested, this, &ObservatoryWindow::spectrumRequested);
}

ObservatoryPage* ObservatoryWindow::page() const {
    return pages_[std::size_t(tabs_->currentIndex())];
}

void ObservatoryWindow::open() {
    const bool fresh = !isVisible();
    show();
    // A window of its own: the main window may stand before it.
    if (windowHandle()) windowHandle()->setTransientParent(nullptr);
    raise();
    activateWindow();
    if (fresh) page()->enter();
}

void ObservatoryWindow::openList(const QString& file) {
    tabs_->setCurrentWidget(list_);
    open();
    list_->read(file);
}

void ObservatoryWindow::keep() {
    for (auto* one : pages_)
        one->keep();
    session_.setSetting(pageSetting, QString::number(tabs_->currentIndex()));
}

bool ObservatoryWindow::asking() const {
    return std::any_of(pages_.begin(), pages_.end(), [](const auto* one) { return one->asking(); });
}

bool ObservatoryWindow::eventFilter(QObject* watched, QEvent* event) {
    // The program ends with its main window.
    if (watched == parentWidget()->window() && event->type() == QEvent::Close) close();
    return QWidget::eventFilter(watched, event);
}

void ObservatoryWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && page()->asking())
        page()->cancel();
    else if (event->matches(QKeySequence::Close))
        close();
    else
        QWidget::keyPressEvent(event);
}

void ObservatoryWindow::closeEvent(QCloseEvent* event) {
    for (auto* one : pages_)
        one->cancel();
    keep();
    QWidget::closeEvent(event);
}

} // namespace balmer::desktop
