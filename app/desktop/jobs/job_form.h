// JobForm: a small form that submits one job, here or to a worker. It stands beside the work, never in its
// way (not modal), and stays open with the reason while the job is refused; where no worker took it, it
// offers this computer. Deletes itself when closed. UI thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <QDialog>
#include <QJsonObject>

#include "app/bridge/session.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace balmer::desktop {

class Submission;
class WhereChoice;

class JobForm : public QDialog {
    Q_OBJECT
  public:
    /// The form's object name is kind + "Form"; its fields are named like their parameters, with "Field"
    /// added.
    JobForm(bridge::Session& session, std::string kind, const QString& title, const QString& explanation,
            const QString& submitText, QWidget* parent);

    QLineEdit* addText(const QString& parameter, const QString& label, const QString& value,
                       const QString& tip);
    /// "a, b, c" that becomes a list.
    QLineEdit* addList(const QString& parameter, const QString& label, const QStringList& values,
                       const QString& tip);
    QSpinBox* addNumber(const QString& parameter, const QString& label, int value, int least, int greatest,
                        const QString& tip);
    /// {text, value}; a value that is a boolean word, a number or a text is written as such.
    QComboBox* addChoice(const QString& parameter, const QString& label,
                         const std::vector<std::pair<QString, QString>>& choices, const QString& value,
                         const QString& tip);
    /// Any widget for any parameter.
    void addField(const QString& label, QWidget* field, std::function<void(QJsonObject&)> write);
    /// The parameters as JSON to be edited, instead of fields.
    QPlainTextEdit* addJson(const std::string& parameters, const QString& help);
    /// A choice of the job's kind above the JSON, whose text follows it.
    void addKindChoice(const std::vector<api::JobKind>& kinds, QPlainTextEdit* json);

    /// Shows the choice of the place even where the kind must run here, with the reason in its tooltip; for
    /// forms of several kinds.
    void showWhere();
    void setJobLabel(const QString& label);
    void setParentJob(jobs::JobId parent) { parent_ = parent; }
    QPushButton* submitButton() const { return submit_; }

  Q_SIGNALS:
    void submitted(qint64 job);

  public Q_SLOTS:
    void done(int result) override;

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void submit(const std::string& where);
    void refuse(const QString& sentence);
    void setBusy(bool busy);
    void followKind();

    bridge::Session& session_;
    std::string kind_;
    std::optional<jobs::JobId> parent_;
    QFormLayout* fields_;
    QLineEdit* label_;
    QLabel* error_;
    QPushButton *submit_, *here_, *cancel_;
    WhereChoice* where_;
    QString submitText_;
    std::shared_ptr<Submission> submission_;
    QPlainTextEdit* json_ = nullptr;
    std::vector<std::function<void(QJsonObject&)>> writers_;
};

} // namespace balmer::desktop
