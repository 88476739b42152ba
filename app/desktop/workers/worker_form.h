// The forms of the Workers place: a worker's name and address, with a test of the connection; and its pairing
// code. They stand beside the work, never in its way (not modal), and delete themselves when closed. UI
// thread.
#pragma once

#include <QDialog>

#include "app/bridge/session.h"

class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace balmer::desktop {

class WorkerForm : public QDialog {
    Q_OBJECT
  public:
    /// worker: to be edited; null: to be added.
    WorkerForm(bridge::Session& session, const api::WorkerInfo* worker, QWidget* parent);

  Q_SIGNALS:
    void kept(const QString& name);

  private:
    void build();
    api::WorkerInfo entered() const;
    void followAddress();
    void keep();
    void test();
    void showReport(const core::Result<api::WorkerReport>& report, const QString& address);
    void refuse(const core::Error& error);
    void clearErrors();

    bridge::Session& session_;
    std::optional<api::WorkerInfo> before_;
    QFormLayout* fields_;
    QLineEdit *name_, *address_, *token_;
    QSpinBox* atOnce_;
    QLabel *nameError_, *addressError_, *found_;
    QPushButton *test_, *keep_;
};

class PairForm : public QDialog {
    Q_OBJECT
  public:
    PairForm(bridge::Session& session, const api::WorkerInfo& worker, QWidget* parent);

  Q_SIGNALS:
    void paired(const QString& name);

  private:
    void pair();

    bridge::Session& session_;
    std::string worker_;
    QLineEdit* code_;
    QLabel* error_;
    QPushButton* pair_;
};

} // namespace balmer::desktop
