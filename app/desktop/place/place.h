// Place: a page of the window, with panels beside it. Owned by the window; UI thread.
#pragma once

#include <QPointer>
#include <QWidget>

#include "app/bridge/display_text.h"
#include "app/bridge/session.h"
#include "app/desktop/place/chosen.h"
#include "app/desktop/place/sendable.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::errorSentence;
using bridge::errorText;
using bridge::plain;
using bridge::text;

class Place : public QWidget {
    Q_OBJECT
  public:
    /// key: "data", "map" …: prefix of its settings and of the picture's file name.
    Place(bridge::Session& session, QString key, QWidget* parent = nullptr)
        : QWidget(parent), session_(session), key_(std::move(key)) {
        setObjectName(key_ + QStringLiteral("Place"));
    }

    const QString& key() const { return key_; }

    /// It has become the place in sight.
    virtual void enter() {}
    /// What the user arranged and where the user was, kept between sessions in the project.
    virtual void keep() {}
    /// Chooses something to show where nothing is chosen yet: for pictures of the program.
    virtual void showSomething() {}
    /// What there is to send to other programs: what is selected, and the lists in sight.
    virtual Sendable sendable() const {
        return {session_.selection().current(), session_.selection().ids(), {}};
    }
    /// The keys of the answers say something of the selection here.
    virtual bool labelsSelection() const { return false; }
    /// What is to be labelled one after the other when it is asked for here; without ids: nothing is chosen.
    virtual LabelList toLabel() const { return {}; }
    /// Why what it highlights is not this, a sentence's part; "" where it is.
    virtual QString differs(const Chosen&) const { return {}; }
    /// Nothing that belongs on the screen is still on its way.
    virtual bool settled() const { return session_.idle(); }
    /// False while it has nothing that panels could show, and takes all the room to say so.
    virtual bool wantsPanels() const { return true; }

  Q_SIGNALS:
    void readOut(const QString& text);
    /// A sentence for the status bar.
    void said(const QString& sentence);
    /// "data", "map" …: show that place.
    void placeRequested(const QString& key);
    /// These are to be labelled in Label.
    void labelListRequested(const balmer::desktop::LabelList& list);
    /// "Send to" is to be added to this menu.
    void sendMenuWanted(QMenu* menu);
    /// This job is to be shown, in Jobs.
    void jobRequested(qint64 job);
    void wantsPanelsChanged();

  protected:
    QString settingKey(const QString& what) const { return QStringLiteral("desktop.%1.%2").arg(key_, what); }
    QString kept(const QString& what) const { return session_.setting(settingKey(what)); }
    void keepValue(const QString& what, const QString& value) {
        session_.setSetting(settingKey(what), value);
    }
    QByteArray keptBytes(const QString& what) const { return QByteArray::fromBase64(kept(what).toLatin1()); }
    void keepBytes(const QString& what, const QByteArray& bytes) {
        keepValue(what, QString::fromLatin1(bytes.toBase64()));
    }

    bridge::Session& session_;

  private:
    QString key_;
};

} // namespace balmer::desktop
