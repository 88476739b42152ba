// KeyButton: a button that prints its key in a small cap, with an optional class mark and probability bar. UI
// thread only.
#pragma once

#include <optional>

#include <QAbstractButton>
#include <QKeySequence>

class QAction;

namespace balmer::widgets {

class KeyButton : public QAbstractButton {
    Q_OBJECT
  public:
    explicit KeyButton(const QString& text, QWidget* parent = nullptr);
    /// Follows the action and is called like it, with "Button" added.
    KeyButton(QAction* action, QWidget* parent);

    /// Takes text, tooltip, key, enabled and checked state from the action, follows it, and triggers it when
    /// clicked.
    void followAction(QAction* action);
    /// The key that is printed. It triggers nothing by itself; an action does.
    void setKey(const QKeySequence& key);
    QKeySequence key() const { return key_; }

    /// The class whose colour and shape stand before the text.
    void setClassIndex(std::optional<int> classIndex);
    /// A bar of this length, 0 … 1, with its percentage; absent: none.
    void setProbability(std::optional<double> probability);
    /// Drawn as the one that a model predicts.
    void setPredicted(bool predicted);
    /// Marked as the answer that stands already.
    void setGiven(bool given);
    /// Drawn in the accent colour: the next thing to do.
    void setPrimary(bool primary);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void describe();
    QKeySequence key_;
    std::optional<int> classIndex_;
    std::optional<double> probability_;
    bool predicted_ = false;
    bool given_ = false;
    bool primary_ = false;
    QAction* action_ = nullptr;
};

} // namespace balmer::widgets
