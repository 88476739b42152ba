// NeighbourLink: the programs beside Balmer (TOPCAT, Aladin, SPLAT …) on the UI thread: who is there, what
// the user sends them, and what comes from them as steps of the shared selection and as sentences.
//
// Owned by the main window; UI thread. Nothing looks for a hub before connectToHub(). At its end the hub is
// left on a thread `balmer-ask`, which keeps the workbench until then.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/api/neighbours.h"

namespace balmer::bridge {

class Session;

class NeighbourLink : public QObject {
    Q_OBJECT
  public:
    explicit NeighbourLink(Session& session, QObject* parent = nullptr);
    ~NeighbourLink() override;

    const api::NeighbourState& state() const { return state_; }
    bool connected() const { return state_.hub == api::NeighbourState::Hub::Connected; }
    /// A hub is wanted, whether there is one or not.
    bool wanted() const { return wanted_; }

    void connectToHub();
    void leaveHub();

    // To these neighbours (ids); empty: to all who take such things. What became of it is said.
    void sendSpectrum(const QString& id, const std::vector<std::string>& to);
    void sendTable(const api::TableChoice& table, const std::vector<std::string>& to);
    void pointAt(const QString& id, const std::vector<std::string>& to);
    /// In the tables that the neighbours have from here.
    void selectThere(const QStringList& ids);

    /// What neighbours that are neither allowed nor refused want to send, oldest first.
    struct Request {
        QString from;
        api::ReceivedRequest what;
        QString words() const; ///< "topcat wants to send the table “x”"
    };
    const std::vector<Request>& requests() const { return requests_; }
    /// Of the oldest request, and of all others of its neighbour.
    void decide(api::Neighbours::Decision decision);
    /// Who is remembered; as it was last read.
    const api::NeighbourTrust& trust() const { return trust_; }
    /// It is asked about again.
    void forgetTrust(const std::string& name);

    /// Whether steps of the cursor go to the neighbours, and their steps, selections and pointings are taken
    /// up here; otherwise the last two are said only. At first: yes.
    void shareCursor(bool share) { sharesCursor_ = share; }

  Q_SIGNALS:
    void stateChanged();
    /// A sentence: what became of a sending, or what came.
    void said(const QString& sentence);
    void requestsChanged();
    void tableReceived(const QString& from, const balmer::api::ReceivedTable& table);

  private:
    struct Post;
    void handle(const api::NeighbourState& state);
    void handle(const api::Delivery& delivery);
    void handle(const api::Arrival& arrival);
    void handle(const QString& from, const api::ReceivedSpectrum& came);
    void handle(const QString& from, const api::ReceivedTable& came);
    void handle(const QString& from, const api::ReceivedHighlight& came);
    void handle(const QString& from, const api::ReceivedSelection& came);
    void handle(const QString& from, const api::ReceivedPosition& came);
    void handle(const QString& from, const api::ReceivedRequest& came);
    void handle(const QString& from, const api::ReceiveFailure& came);
    /// Changes who is remembered, where there is something to change, and reads it, off the UI thread.
    void changeTrust(std::function<core::Status(api::Neighbours&)> change);
    void goTo(const QString& id);
    void followSelection(const QString& origin);
    bool ready();

    Session& session_;
    std::shared_ptr<Post> post_;                  ///< carries what the engine's threads tell
    std::shared_ptr<api::Neighbours> neighbours_; ///< shared with questions under way
    std::vector<Request> requests_;
    api::NeighbourTrust trust_;
    api::NeighbourState state_;
    std::map<std::uint64_t, QString> sent_; ///< what is on its way, in words
    QString cursor_;                        ///< where it is known to be, here and there
    bool wanted_ = false;
    bool sharesCursor_ = true;
};

} // namespace balmer::bridge
