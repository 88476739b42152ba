// JobForm: a small form that submits one job, here or to a worker. It stands beside the work, never in its
// way (not modal), and stays open with the reason while the job is refused; where no worker took it, it
// offers this computer. Deletes itself when closed. UI thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <QDialog>
#include <QJsonObject>

#include "app/bridge/session.h"
#include "app/desktop/jobs/field_editor.h"

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;

namespace balmer::desktop {

class Submission;
class WhereChoice;

class JobForm : public QDialog {
    Q_OBJECT
  public:
    /// The form's object name is kind + "Form"; its fields are named like their parameters, with "Field"
    /// added. What the kind is good for stands above them.
    JobForm(bridge::Session& session, std::string kind, const QString& title, const QString& submitText,
            QWidget* parent);

    /// In place of what the kind says of itself.
    void setExplanation(const QString& sentence);

    // ---- How fields are edited, before showFields()
    /// The field always has this value and is not shown.
    void fix(const std::string& field, const QJsonValue& value);
    /// The field offers these alone.
    void offer(const std::string& field, const Choices& choices, const QString& chosen = {});
    /// A widget of its own for the field.
    void replace(const std::string& field, QWidget* widget, std::function<QJsonValue()> value);
    /// A row for each field of the kind; those for whoever knows stand behind a switch.
    void showFields();
    /// A value to begin with; after showFields().
    void setValue(const std::string& field, const QJsonValue& value);

    /// The parameters as JSON to be edited, instead of fields.
    void showJson(const std::string& parameters);
    /// A choice of the job's kind above the fields, which follow it.
    void showKindChoice();

    /// Shows the choice of the place even where the kind must run here, with the reason in its tooltip; for
    /// forms of several kinds.
    void showWhere();
    void setJobLabel(const QString& label);
    void setParentJob(jobs::JobId parent) { parent_ = parent; }
    QPushButton* submitButton() const { return submit_; }

  Q_SIGNALS:
    /// These parameters are on their way to `where`; what is submitted now comes before them.
    void submitting(const QJsonObject& parameters, const QString& where);
    void submitted(qint64 job);

  public Q_SLOTS:
    void done(int result) override;

  protected:
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* field, QEvent* event) override;

  private:
    void submit(const std::string& where);
    void refuse(const QString& sentence);
    void setBusy(bool busy, const std::string& where = {});
    void followKind();
    void clearFields();
    const jobs::Kind* kind() const;
    core::Error spelt(const core::Error& error) const;
    std::optional<QJsonObject> parameters();
    void insertRow(const QString& label, QWidget* widget);
    /// As high as all fields need, at least `least` pixels, but no higher than the screen: then they scroll.
    void fit(int least = 0);
    /// The wheel changes it only while it has the keys.
    void keepFromWheel(QWidget* field);

    bridge::Session& session_;
    std::string kind_;
    std::optional<jobs::JobId> parent_;
    QScrollArea* scroll_;
    QFormLayout* fields_;
    QLineEdit* label_;
    QLabel *intro_, *error_;
    QPushButton *submit_, *here_, *cancel_;
    WhereChoice* where_;
    QString submitText_;
    std::shared_ptr<Submission> submission_;
    QPlainTextEdit* json_ = nullptr;
    struct Row {
        const jobs::Field* field;
        FieldEditor editor;
    };
    std::vector<Row> rows_;
    QCheckBox* more_ = nullptr;
    std::map<std::string, QJsonValue> fixed_;
    std::map<std::string, FieldEditor> own_;
};

} // namespace balmer::desktop
