// ObservatoryPage: one way to spectra on the net: fields on the left with the button that asks, what was
// found on the right. It asks only when that button is pressed, and one thing at a time. Owned by the window;
// UI thread.
#pragma once

#include <QJsonObject>
#include <QWidget>

#include "app/bridge/display_text.h"
#include "app/desktop/observatory/form_parts.h"
#include "app/desktop/observatory/net_question.h"
#include "widgets/common/theme.h"

class QFormLayout;
class QScrollArea;
class QVBoxLayout;

namespace balmer::widgets {
class ProgressLine;
} // namespace balmer::widgets

namespace balmer::desktop {

using bridge::countText;
using bridge::plain;
using bridge::text;

class ObservatoryPage : public QWidget {
    Q_OBJECT
  public:
    /// key: prefix of all object names in it, and of its settings.
    ObservatoryPage(bridge::Session& session, const QString& key, const QString& explanation,
                    const QString& askWords, const QString& askTip, QWidget* parent);

    /// It has come in sight.
    virtual void enter() = 0;
    /// What was typed, for the next session.
    void keep();
    bool asking() const { return question_.asking(); }
    /// Lets go of the question under way, if there is one.
    void cancel();

  Q_SIGNALS:
    void jobRequested(qint64 job);
    void spectrumRequested(const QString& id);

  protected:
    virtual void ask() = 0;
    /// The address that the question goes to; for the login.
    virtual QString address() const = 0;
    virtual QJsonObject entered() const = 0;
    virtual void enter(const QJsonObject& entries) = 0;
    /// The fields as they were kept; to be called when they stand.
    void restore();

    QString named(const char* part) const { return key_ + QString::fromLatin1(part); }
    /// A row of the form; the label is the field's.
    void addRow(const QString& label, QWidget* field);
    void addRow(const QString& label, QLayout* fields, QWidget* buddy);
    /// Enter in this field presses the button.
    void asksOnEnter(QLineEdit* field);
    void setContent(QWidget* content);
    /// A sentence under the button; "" takes it away.
    void say(const QString& sentence, widgets::Tone tone = widgets::Tone::Normal);
    /// Says why it cannot be asked, or why the answer failed, and points to the field.
    void refuse(const QString& sentence, QWidget* field);
    void refuse(const core::Error& error, QWidget* field);
    void clearTrouble();

    bridge::Session& session_;
    NetQuestion question_;

  private:
    void logIn();
    void setAsking(bool asking);
    void orderTabs();

    QString key_, askWords_;
    QScrollArea* left_;
    QFormLayout* form_;
    QVBoxLayout* content_;
    QPushButton *ask_, *cancel_, *logIn_;
    QLabel* notice_;
    widgets::ProgressLine* progress_;
    QWidget* invalid_ = nullptr;
};

} // namespace balmer::desktop
