// ProgressLine: the thin bar of a panel at work. Its space is always kept; it shows itself only when the work
// has taken longer than 0.3 s. UI thread only.
#pragma once

#include <QTimer>
#include <QWidget>

namespace balmer::widgets {

class ProgressLine : public QWidget {
    Q_OBJECT
  public:
    explicit ProgressLine(QWidget* parent = nullptr);

    /// Starts a work of unknown length (fraction < 0 or NaN) or moves on, 0 … 1.
    void setFraction(double fraction);
    void finish();
    bool isShowing() const { return showing_; }

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QTimer delay_;
    QTimer animation_;
    double fraction_ = -1;
    double position_ = 0;
    bool working_ = false;
    bool showing_ = false;
};

} // namespace balmer::widgets
