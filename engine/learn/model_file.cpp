#include "engine/learn/model_file.h"

#include <bit>
#include <cstring>

#include "engine/core/digest.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

static_assert(std::endian::native == std::endian::little,
              "the file's numbers are copied as they lie in memory");

constexpr std::size_t digestLength = 64;

/// One field's worth: a backslash before n stands for a line end, two for a backslash, t for a tab.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\\\";
        else if (c == '\n')
            result += "\\n";
        else if (c == '\t')
            result += "\\t";
        else
            result += c;
    }
    return result;
}

std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        const char next = text[++i];
        result += next == 'n' ? '\n' : next == 't' ? '\t' : next;
    }
    return result;
}

std::string beginning(std::string_view kind) {
    return "Balmer " + std::string(kind) + ' ';
}

} // namespace

ModelWriter::ModelWriter(std::string_view kind) : bytes_(beginning(kind) + "1\n") {}

void ModelWriter::line(std::string_view key, std::initializer_list<std::string_view> fields) {
    bytes_ += key;
    for (const auto field : fields)
        bytes_ += '\t' + escaped(field);
    bytes_ += '\n';
}

void ModelWriter::endOfLines() {
    if (std::exchange(inLines_, false)) bytes_ += "end\n";
}

void ModelWriter::numbers(std::span<const float> numbers) {
    endOfLines();
    bytes_.append(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
}

std::string ModelWriter::finish() && {
    endOfLines();
    const auto digest = core::digestOf(std::string_view(bytes_));
    return std::move(bytes_) + digest;
}

core::Result<ModelReader> ModelReader::open(std::string bytes, std::string_view kind) {
    ModelReader reader;
    reader.kind_ = kind;
    reader.bytes_ = std::move(bytes);
    std::string_view rest = reader.bytes_;
    const std::string magic = beginning(kind);
    if (!rest.starts_with(magic))
        return fail(ErrorCode::Format,
                    "the file is not a Balmer " + reader.kind_ + "; give one that `balmer learn` wrote");
    const std::size_t firstEnd = rest.find('\n');
    if (firstEnd == std::string_view::npos || firstEnd > 100)
        return reader.damaged("its first line has no end");
    const std::string_view version = rest.substr(magic.size(), firstEnd - magic.size());
    if (version != "1")
        return fail(ErrorCode::Unsupported, "the " + reader.kind_ + " was written in form " +
                                                std::string(version.substr(0, 20)) +
                                                ", which this version does not know; use a newer Balmer");
    if (rest.size() < firstEnd + digestLength ||
        core::digestOf(rest.substr(0, rest.size() - digestLength)) != rest.substr(rest.size() - digestLength))
        return reader.damaged("its digest does not fit its content");
    rest.remove_suffix(digestLength);
    reader.end_ = rest.size();
    rest.remove_prefix(firstEnd + 1);
    for (;;) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) return reader.damaged("its text has no end");
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (line == "end") break;
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos) return reader.damaged("a line of its text has no value");
        auto& [key, fields] = reader.lines_.emplace_back(line.substr(0, tab), std::vector<std::string>());
        for (line.remove_prefix(tab + 1);;) {
            const std::size_t next = line.find('\t');
            fields.push_back(unescaped(line.substr(0, next)));
            if (next == std::string_view::npos) break;
            line.remove_prefix(next + 1);
        }
    }
    reader.next_ = reader.end_ - rest.size();
    return reader;
}

std::vector<std::string> ModelReader::all(std::string_view key) const {
    std::vector<std::string> found;
    for (const auto& [name, fields] : lines_)
        if (name == key) found.push_back(fields.front());
    return found;
}

bool ModelReader::read(std::string_view key, std::map<std::string, std::string>& pairs) const {
    for (const auto& [name, fields] : lines_) {
        if (name != key) continue;
        if (fields.size() != 2) return false;
        pairs[fields[0]] = fields[1];
    }
    return true;
}

bool ModelReader::read(std::string_view key, std::string& value) const {
    for (const auto& [name, fields] : lines_)
        if (name == key) {
            value = fields.front();
            return true;
        }
    return false;
}

std::size_t ModelReader::left() const {
    return (end_ - next_) / sizeof(float);
}

bool ModelReader::take(std::span<float> numbers) {
    if (numbers.size() > left()) return false;
    std::memcpy(numbers.data(), bytes_.data() + next_, numbers.size_bytes());
    next_ += numbers.size_bytes();
    for (const float value : numbers)
        if (!std::isfinite(value)) return false;
    return true;
}

tl::unexpected<core::Error> ModelReader::damaged(std::string_view what) const {
    return fail(ErrorCode::Format, "the file is not a whole Balmer " + kind_ + " (" + std::string(what) +
                                       "); train or copy it again");
}

} // namespace balmer::learn
