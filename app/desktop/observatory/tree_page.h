// TreePage: a folder on the net: what it holds, and the job that fetches it. Owned by the window; UI thread.
#pragma once

#include <memory>
#include <optional>

#include "app/desktop/observatory/observatory_page.h"
#include "app/desktop/observatory/preview_model.h"

class QSpinBox;
class QStackedWidget;
class QTableView;

namespace balmer::widgets {
class EmptyState;
} // namespace balmer::widgets

namespace balmer::desktop {

class TreePage : public ObservatoryPage {
    Q_OBJECT
  public:
    explicit TreePage(bridge::Session& session, QWidget* parent = nullptr);
    void enter() override;

  private:
    void build();
    void ask() override;
    QString address() const override;
    QJsonObject entered() const override;
    void enter(const QJsonObject& entries) override;
    api::TreeRequest request() const;
    void show(api::TreePreview preview, const api::TreeRequest& request);
    void showFetch();
    void fetch();

    QLineEdit *address_, *match_;
    QSpinBox *depth_, *most_;
    QStackedWidget* stack_;
    widgets::EmptyState* empty_;
    QLabel *found_, *notes_, *leftOut_, *refusal_;
    PreviewModel *files_, *skipped_;
    QTableView *fileView_, *skippedView_;
    DestinationFields* to_;
    JobLine* job_;
    QPushButton* fetch_;
    std::shared_ptr<const api::TreePreview> preview_;
    std::optional<api::TreeRequest> looked_; ///< what preview_ answers
    bool fetched_ = false;                   ///< a job fetches what preview_ holds
};

} // namespace balmer::desktop
