// ObjectColumn: what is known of the object on the labelling panel, and the comment on its spectrum. UI
// thread only.
#pragma once

#include <QWidget>

#include "widgets/labelling/label_item.h"

class QLabel;
class QPlainTextEdit;

namespace balmer::widgets {

class ObjectColumn : public QWidget {
    Q_OBJECT
  public:
    explicit ObjectColumn(QWidget* parent);
    ~ObjectColumn() override;

    /// Null: no spectrum. The comment in the field stays.
    void showMetadata(const LabelItem* item);
    void setComment(const QString& comment);
    QString comment() const;
    void focusComment();

  Q_SIGNALS:
    /// The comment field lost the focus.
    void commentLeft();
    /// Enter or Escape in the comment field: the keys shall label again.
    void commentDone();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QLabel* metadata_;
    QPlainTextEdit* comment_;
};

} // namespace balmer::widgets
