#include "app/desktop/observatory/found_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "app/bridge/display_text.h"
#include "widgets/common/theme.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::desktop {

using bridge::numberText;
using bridge::text;

namespace {

struct Heading {
    const char* title;
    const char* tip;
};

constexpr Heading headings[FoundModel::ColumnCount] = {
    {"title", "What the list calls the spectrum; otherwise its object or its file"},
    {"asked for", "The asked position that is nearest to it"},
    {"in the project", "Whether the project has it, or why it is left out"},
    {"position", "Right ascension and declination, ICRS"},
    {"observed", "Middle of the exposure, UTC"},
    {"band [Å]", "First and last wavelength"},
    {"size", "Of the file, as the service states it"},
    {"format", "Media type of the file"},
    {"S/N", "Signal-to-noise ratio, as the service states it"},
    {"collection", "The service's name for the part of its archive"},
};

QString nameOf(const vo::ListedSpectrum& row) {
    if (!row.title.empty()) return text(row.title);
    if (!row.target.empty()) return text(row.target);
    const auto path = row.url.substr(0, row.url.find('?'));
    const QString name = text(path.substr(path.rfind('/') + 1));
    return name.isEmpty() ? QObject::tr("row %1").arg(row.row + 1) : name;
}

QString formatWord(const std::string& mediaType) {
    const QString type = text(mediaType).section(';', 0, 0).trimmed().toLower();
    if (type.contains(QLatin1String("votable"))) return QStringLiteral("VOTable");
    if (type == QLatin1String("application/fits") || type == QLatin1String("image/fits"))
        return QStringLiteral("FITS");
    if (type == QLatin1String("text/plain")) return QObject::tr("text");
    if (type == QLatin1String("text/csv")) return QStringLiteral("CSV");
    QString word = type.section('/', -1);
    return word.startsWith(QLatin1String("x-")) ? word.mid(2) : word;
}

std::optional<double> numberOf(const vo::ListedSpectrum& row, int column) {
    switch (column) {
    case FoundModel::Position:
        return row.position ? std::optional(row.position->raDegrees) : std::nullopt;
    case FoundModel::Band:
        return row.firstWavelengthAngstrom;
    case FoundModel::Size:
        return row.bytes ? std::optional(double(*row.bytes)) : std::nullopt;
    case FoundModel::SignalToNoise:
        return row.signalToNoise;
    default:
        return {};
    }
}

bool isNumber(int column) {
    return column == FoundModel::Position || column == FoundModel::Band || column == FoundModel::Size ||
           column == FoundModel::SignalToNoise;
}

bool standsRight(int column) {
    return column == FoundModel::Band || column == FoundModel::Size || column == FoundModel::SignalToNoise;
}

} // namespace

FoundModel::FoundModel(bridge::Background& background, QObject* parent)
    : QAbstractTableModel(parent), background_(background), content_(std::make_shared<Content>()) {}

void FoundModel::setList(api::MarkedList list, std::vector<std::string> askedFor) {
    background_.forget(this, "arrange");
    auto content = std::make_shared<Content>();
    const std::size_t rows = list.list.rows.size();
    content->marked = std::move(list);
    content->marked.inProject.resize(rows);
    for (std::size_t i = content->marked.standsFor.size(); i < rows; ++i)
        content->marked.standsFor.push_back(i);
    content->askedFor = std::move(askedFor);
    if (!content->askedFor.empty()) content->askedFor.resize(rows);
    content->job.resize(rows);
    content->alsoHere.resize(rows);
    for (std::size_t i = 0; i < rows; ++i)
        if (const std::size_t by = content->marked.standsFor[i]; by != i && by < rows)
            ++content->alsoHere[by];
    beginResetModel();
    content_ = std::move(content);
    // At once what costs nothing; words and order follow from the background.
    order_ = arranged(*content_, {-1, Qt::AscendingOrder, {}, wanted_.repeated});
    recount();
    endResetModel();
    if (wanted_.column >= 0 || !wanted_.words.isEmpty()) arrange();
}

FoundModel::Content& FoundModel::changeable() {
    if (content_.use_count() > 1) content_ = std::make_shared<Content>(*content_);
    return *content_;
}

void FoundModel::setMarks(std::vector<std::string> inProject) {
    if (inProject.size() != content_->marked.inProject.size() || inProject == content_->marked.inProject)
        return;
    changeable().marked.inProject = std::move(inProject);
    touchStandings();
}

void FoundModel::setOnTheirWay(const std::vector<std::size_t>& rows, jobs::JobId job) {
    Content& content = changeable();
    for (const std::size_t row : rows)
        if (row < content.job.size()) content.job[row] = job;
    touchStandings();
}

void FoundModel::forgetJob(jobs::JobId job) {
    std::replace(changeable().job.begin(), content_->job.end(), job, jobs::JobId{0});
    touchStandings();
}

void FoundModel::touchStandings() {
    recount();
    if (!order_.empty()) Q_EMIT dataChanged(index(0, Standing), index(int(order_.size()) - 1, Standing));
    if (wanted_.column == Standing) arrange();
}

FoundModel::State FoundModel::stateOf(const Content& content, std::size_t row) {
    if (!content.marked.inProject[row].empty()) return State::InProject;
    if (content.job[row] != 0) return State::OnItsWay;
    if (content.marked.list.rows[row].url.empty()) return State::Unfetchable;
    return content.marked.standsFor[row] == row ? State::Free : State::Repeated;
}

FoundModel::State FoundModel::stateOf(std::size_t row) const {
    return stateOf(*content_, row);
}

void FoundModel::recount() {
    counts_ = {};
    for (std::size_t i = 0; i < content_->job.size(); ++i) {
        switch (stateOf(i)) {
        case State::Free:
            ++counts_.free;
            break;
        case State::Repeated:
            ++counts_.repeated;
            break;
        case State::OnItsWay:
            ++counts_.onTheirWay;
            break;
        case State::InProject:
            ++counts_.inProject;
            break;
        case State::Unfetchable:
            ++counts_.unfetchable;
            break;
        }
    }
}

QString FoundModel::commonTrouble() const {
    const std::string* common = nullptr;
    for (const auto& row : content_->marked.list.rows) {
        if (!row.url.empty()) continue;
        if (common && *common != row.trouble) return {};
        common = &row.trouble;
    }
    return common ? text(*common) : QString();
}

std::vector<std::size_t> FoundModel::freeRows() const {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < content_->job.size(); ++i)
        if (stateOf(i) == State::Free) rows.push_back(i);
    return rows;
}

void FoundModel::setFilter(const QString& words) {
    wanted_.words = words.split(' ', Qt::SkipEmptyParts);
    arrange();
}

void FoundModel::showRepeated(bool show) {
    wanted_.repeated = show;
    arrange();
}

void FoundModel::sort(int column, Qt::SortOrder order) {
    wanted_.column = column;
    wanted_.order = order;
    arrange();
}

void FoundModel::arrange() {
    if (content_->job.empty()) return;
    background_.latest(
        this, "arrange",
        [content = std::shared_ptr<const Content>(content_), wanted = wanted_](const std::stop_token&) {
            return arranged(*content, wanted);
        },
        [this, rows = content_->job.size()](Order order) {
            if (rows == content_->job.size()) setOrder(std::move(order));
        });
}

bool FoundModel::holds(const Content& content, std::size_t row, const QStringList& words) {
    if (words.isEmpty()) return true;
    QString all = text(content.marked.list.rows[row].url);
    for (int column = 0; column < ColumnCount; ++column)
        all += QChar('\n') + display(content, row, column);
    return std::all_of(words.begin(), words.end(),
                       [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

FoundModel::Order FoundModel::arranged(const Content& content, const Wanted& wanted) {
    const auto& rows = content.marked.list.rows;
    Order result;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (!wanted.repeated && stateOf(content, i) == State::Repeated) continue;
        if (holds(content, i, wanted.words)) result.push_back(i);
    }
    const int column = wanted.column;
    if (column < 0 || column >= ColumnCount) return result;
    const bool ascending = wanted.order == Qt::AscendingOrder;
    if (isNumber(column)) {
        // Absent values stand at the end in either direction.
        std::vector<double> keys(rows.size());
        for (const std::uint32_t i : result) {
            const auto value = numberOf(rows[i], column);
            keys[i] = value ? (ascending ? *value : -*value) : std::numeric_limits<double>::infinity();
        }
        std::stable_sort(result.begin(), result.end(), [&](auto a, auto b) { return keys[a] < keys[b]; });
        return result;
    }
    std::vector<QString> keys(rows.size());
    for (const std::uint32_t i : result)
        keys[i] = column == Observed ? text(rows[i].observed) : display(content, i, column).toLower();
    std::stable_sort(result.begin(), result.end(), [&](auto a, auto b) {
        if (keys[a].isEmpty() != keys[b].isEmpty()) return keys[b].isEmpty();
        return ascending ? keys[a] < keys[b] : keys[b] < keys[a];
    });
    return result;
}

void FoundModel::setOrder(Order order) {
    // A row may come or go with the filter: what is selected follows the rows that stay.
    std::unordered_map<std::uint32_t, int> shownAt;
    shownAt.reserve(order.size());
    for (std::size_t shown = 0; shown < order.size(); ++shown)
        shownAt.emplace(order[shown], int(shown));
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QModelIndexList after;
    for (const QModelIndex& one : before) {
        const auto found = shownAt.find(order_[std::size_t(one.row())]);
        after << (found == shownAt.end() ? QModelIndex() : createIndex(found->second, one.column()));
    }
    order_ = std::move(order);
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

int FoundModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(order_.size());
}
int FoundModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString FoundModel::standing(const Content& content, std::size_t row) {
    switch (stateOf(content, row)) {
    case State::InProject:
        return QStringLiteral("✓ ") + QObject::tr("in the project");
    case State::OnItsWay:
        return QObject::tr("job %1").arg(content.job[row]);
    case State::Unfetchable:
        return QStringLiteral("▲ ") + QObject::tr("cannot be fetched");
    case State::Repeated:
        return QObject::tr("repeats another row");
    case State::Free:
        break;
    }
    const auto also = content.alsoHere[row];
    return also == 0   ? QString()
           : also == 1 ? QObject::tr("stands for 1 more")
                       : QObject::tr("stands for %1 more").arg(also);
}

QString FoundModel::display(const Content& content, std::size_t row, int column) {
    const vo::ListedSpectrum& one = content.marked.list.rows[row];
    switch (column) {
    case Title:
        return nameOf(one);
    case AskedFor:
        return content.askedFor.empty() ? QString() : text(content.askedFor[row]);
    case Standing:
        return standing(content, row);
    case Position:
        return one.position ? text(spectrum::formatPosition(*one.position)) : QString();
    case Observed:
        return text(one.observed).left(10);
    case Band: {
        if (!one.firstWavelengthAngstrom && !one.lastWavelengthAngstrom) return {};
        return numberText(one.firstWavelengthAngstrom, 0) + QStringLiteral(" – ") +
               numberText(one.lastWavelengthAngstrom, 0);
    }
    case Size:
        return one.bytes ? bridge::bytesText(qint64(*one.bytes)) : QString();
    case Format:
        return formatWord(one.format);
    case SignalToNoise:
        return numberText(one.signalToNoise, 1);
    case Collection:
        return text(one.collection);
    default:
        return {};
    }
}

QString FoundModel::tip(const Content& content, std::size_t row, int column) {
    const vo::ListedSpectrum& one = content.marked.list.rows[row];
    switch (column) {
    case Title: {
        QStringList lines{nameOf(one)};
        if (!one.target.empty() && one.target != one.title) lines << text(one.target);
        if (!one.targetClass.empty()) lines << text(one.targetClass);
        if (!one.url.empty()) lines << text(one.url);
        if (!one.publisherDid.empty()) lines << text(one.publisherDid);
        return lines.join('\n');
    }
    case Standing:
        switch (stateOf(content, row)) {
        case State::InProject:
            return QObject::tr("In the project as %1; double click shows it")
                .arg(text(content.marked.inProject[row]));
        case State::OnItsWay:
            return QObject::tr("Job %1 fetches it; its progress is in Jobs").arg(content.job[row]);
        case State::Unfetchable:
            return QObject::tr("It cannot be fetched: %1").arg(text(one.trouble));
        case State::Repeated:
            return QObject::tr("The same dataset as row %1 (%2), which is taken instead; choose this row to "
                               "fetch it all the same")
                .arg(content.marked.standsFor[row] + 1)
                .arg(nameOf(content.marked.list.rows[content.marked.standsFor[row]]));
        case State::Free:
            return QObject::tr("The project does not have it");
        }
        return {};
    case Position:
        return one.position
                   ? QStringLiteral("%1°  %2°")
                         .arg(numberText(one.position->raDegrees, 5), numberText(one.position->decDegrees, 5))
                   : QString();
    case Observed:
        return text(one.observed);
    case Format:
        return text(one.format);
    default:
        return display(content, row, column);
    }
}

QVariant FoundModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || std::size_t(index.row()) >= order_.size() || index.column() >= ColumnCount)
        return {};
    const std::size_t row = rowAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return display(*content_, row, index.column());
    case Qt::ToolTipRole:
        return tip(*content_, row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | (standsRight(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::ForegroundRole: {
        const State state = stateOf(row);
        const auto& colours = widgets::theme();
        if (index.column() == Standing && state == State::InProject) return colours.good;
        if (index.column() == Standing && state == State::Unfetchable) return colours.warning;
        if (state == State::Repeated || state == State::Unfetchable) return colours.mutedText;
        return {};
    }
    case widgets::SpectrumTable::idRole:
        return QString::number(row);
    default:
        return {};
    }
}

QVariant FoundModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::DisplayRole) return QString::fromUtf8(headings[section].title);
    if (role == Qt::ToolTipRole) return QString::fromUtf8(headings[section].tip);
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (standsRight(section) ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

} // namespace balmer::desktop
