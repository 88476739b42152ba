// Screenshots: shows each place with what it holds, waits until nothing is on its way any more, and writes a
// picture named by its key: data.png, map.png … UI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

namespace balmer::desktop {

class MainWindow;

class Screenshots : public QObject {
    Q_OBJECT
  public:
    /// The window must outlive it; folder exists.
    Screenshots(MainWindow& window, QString folder, QObject* parent = nullptr);
    void start();

  Q_SIGNALS:
    /// "" when all are written.
    void finished(const QString& problem);

  private:
    void look();

    MainWindow& window_;
    QString folder_;
    QTimer timer_;
    QElapsedTimer here_;
    std::size_t place_ = 0;
    int quietLooks_ = 0;
    bool shown_ = false;
};

} // namespace balmer::desktop
