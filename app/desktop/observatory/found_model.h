// FoundModel: the rows of a list of spectra, a hundred thousand and more, with how each stands to the
// project; filtered and sorted in the background.
//
// Owned by the panel that shows it; UI thread. "row" is a row of the list, "shown" its place in the table.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <QAbstractTableModel>

#include "app/bridge/background.h"
#include "engine/api/observatory.h"
#include "engine/jobs/job.h"

namespace balmer::desktop {

class FoundModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column {
        Title,
        AskedFor,
        Standing,
        Position,
        Observed,
        Band,
        Size,
        Format,
        SignalToNoise,
        Collection,
        ColumnCount
    };
    /// How a row stands to the project.
    enum class State {
        Free,     ///< it can be fetched
        Repeated, ///< another row is the same dataset, at the same address or in a form that is
                  ///< read as well or better
        OnItsWay, ///< a job fetches it
        InProject,
        Unfetchable
    };
    struct Counts {
        std::size_t free = 0, repeated = 0, onTheirWay = 0, inProject = 0, unfetchable = 0;
    };

    explicit FoundModel(bridge::Background& background, QObject* parent = nullptr);

    /// askedFor: the name of the asked position for each row, or nothing.
    void setList(api::MarkedList list, std::vector<std::string> askedFor);
    void clear() { setList({}, {}); }
    const api::MarkedList& list() const { return content_->marked; }
    /// For another thread; what changes here later does not change there.
    std::shared_ptr<const api::MarkedList> sharedList() const { return {content_, &content_->marked}; }
    bool hasAskedFor() const { return !content_->askedFor.empty(); }
    /// Anew what the project has: one a row, as MarkedList::inProject; ignored for another list.
    void setMarks(std::vector<std::string> inProject);
    void setOnTheirWay(const std::vector<std::size_t>& rows, jobs::JobId job);
    /// The job has ended, one way or another.
    void forgetJob(jobs::JobId job);

    State stateOf(std::size_t row) const;
    const Counts& counts() const { return counts_; }
    /// Why rows cannot be fetched, where all have one reason.
    QString commonTrouble() const;
    /// All that can be fetched and need not be left out.
    std::vector<std::size_t> freeRows() const;
    /// Only rows with all these words in some column.
    void setFilter(const QString& words);
    void showRepeated(bool show);

    std::size_t rowAt(int shown) const { return order_[std::size_t(shown)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Returns at once. Column -1: the order of the list.
    void sort(int column, Qt::SortOrder order) override;

  private:
    struct Content {
        api::MarkedList marked;
        std::vector<std::string> askedFor;
        std::vector<jobs::JobId> job;        ///< one a row; 0: none fetches it
        std::vector<std::uint32_t> alsoHere; ///< one a row: how many others it stands for
    };
    using Order = std::vector<std::uint32_t>;
    struct Wanted {
        int column = -1;
        Qt::SortOrder order = Qt::AscendingOrder;
        QStringList words;
        bool repeated = false;
    };
    static State stateOf(const Content& content, std::size_t row);
    static QString standing(const Content& content, std::size_t row);
    static Order arranged(const Content& content, const Wanted& wanted);
    static bool holds(const Content& content, std::size_t row, const QStringList& words);
    static QString display(const Content& content, std::size_t row, int column);
    static QString tip(const Content& content, std::size_t row, int column);
    Content& changeable();
    void arrange();
    void setOrder(Order order);
    void recount();
    void touchStandings();

    bridge::Background& background_;
    std::shared_ptr<Content> content_;
    Order order_; ///< shown → row
    Wanted wanted_;
    Counts counts_;
};

} // namespace balmer::desktop
