#include "engine/store/filter_expression.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "engine/core/text_number.h"
#include "engine/core/utf8.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

// ------------------------------------------------------------------------------------------------------
// fields

struct Field {
    std::string_view name;
    bool number;
    std::string_view sql;
};

constexpr std::array<Field, 24> fields = {{
    {"id", false, "s.id"},
    {"object", false, "s.object"},
    {"collection", false, "(SELECT name FROM collection WHERE key = s.collection)"},
    {"class", false, "s.spectral_class"},
    {"survey", false, "s.survey"},
    {"surveyid", false, "s.survey_id"},
    {"rule", false, "s.rule"},
    {"date", false, "s.observed"},
    {"label", false, "(SELECT class FROM label_current WHERE spectrum = s.id)"},
    {"flag", false, "(SELECT flags FROM label_current WHERE spectrum = s.id)"},
    {"file", false, "s.file_path"},
    {"medium", false, "s.medium"},
    {"unit", false, "s.flux_unit"},
    {"dataset", false, "s.dataset"},
    {"warning", false, "(SELECT group_concat(value, '; ') FROM json_each(nullif(s.warnings, '')))"},
    {"ra", true, "s.ra"},
    {"dec", true, "s.dec"},
    {"snr", true, "s.snr"},
    {"mag", true, "s.magnitude"},
    {"z", true, "s.redshift"},
    {"mjd", true, "s.mjd"},
    {"first", true, "s.first_wavelength"},
    {"last", true, "s.last_wavelength"},
    {"samples", true, "s.samples"},
}};

/// What a name stands for.
struct Term {
    std::string name;
    bool number = false;
    bool flag = false;
    bool className = false; ///< kept in composed letters, as a text to compare with has to be
    FilterSql value;
};

Result<Term> termFor(const std::string& dataset, const std::string& name, const ColumnLookup& columns) {
    if (dataset.empty()) {
        const auto lower = core::lowerCase(name);
        for (const auto& field : fields)
            if (field.name == lower) {
                const std::string sql(field.sql);
                return Term{name,
                            field.number,
                            lower == "flag",
                            lower == "label",
                            {field.number ? sql : "nullif(" + sql + ", '')", {}}};
            }
    }
    if (columns) {
        auto found = columns(dataset, name);
        if (found) {
            const auto key = std::to_string((*found)->datasetKey);
            return Term{dataset.empty() ? name : dataset + "." + name,
                        (*found)->categories.empty(),
                        false,
                        !(*found)->categories.empty(),
                        {"(SELECT column_value(?, r.row) FROM dataset_row r WHERE r.spectrum = s.id AND "
                         "r.dataset = " +
                             key + " ORDER BY r.row LIMIT 1)",
                         {*found}}};
        }
        if (!dataset.empty() || found.error().code() != ErrorCode::NotFound)
            return fail(std::move(found).error());
    }
    std::string known;
    for (const auto& field : fields)
        known += (known.empty() ? "" : ", ") + std::string(field.name);
    return fail(ErrorCode::InvalidArgument, "there is no field or column \"" +
                                                (dataset.empty() ? "" : dataset + ".") + name +
                                                "\"; fields are " + known +
                                                "; columns of datasets are named COLUMN or "
                                                "DATASET.COLUMN");
}

// -------------------------------------------------------------------------------------------------------
// words

struct Token {
    enum class Kind { End, Name, Text, Number, Symbol } kind = Kind::End;
    std::string text;    ///< the word, the text without its quotes, the symbol, the number's spelling
    bool quoted = false; ///< a name in double quotes is never a keyword
    std::size_t position = 1;
};

bool beginsName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

core::Error wrong(std::size_t position, const std::string& what) {
    return core::Error(ErrorCode::InvalidArgument,
                       "in the filter, at position " + std::to_string(position) + ": " + what);
}

Result<std::vector<Token>> tokensOf(std::string_view text) {
    std::vector<Token> tokens;
    std::size_t at = 0;
    while (true) {
        while (at < text.size() &&
               (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
            ++at;
        Token token;
        token.position = at + 1;
        if (at == text.size()) {
            tokens.push_back(token);
            return tokens;
        }
        const char c = text[at];
        if (c == '\'' || c == '"') {
            token.kind = c == '"' ? Token::Kind::Name : Token::Kind::Text;
            token.quoted = true;
            for (++at;; ++at) {
                if (at == text.size())
                    return fail(
                        wrong(token.position, "the text that begins here has no end: a quote is missing"));
                if (text[at] == c && at + 1 < text.size() && text[at + 1] == c)
                    ++at; // a doubled quote is one
                else if (text[at] == c)
                    break;
                token.text += text[at];
            }
            ++at;
        } else if (beginsName(c)) {
            token.kind = Token::Kind::Name;
            while (at < text.size() && (beginsName(text[at]) || isDigit(text[at]) || text[at] == '-'))
                token.text += text[at++];
        } else if (isDigit(c) || ((c == '-' || c == '+' || c == '.') && at + 1 < text.size() &&
                                  (isDigit(text[at + 1]) || text[at + 1] == '.'))) {
            token.kind = Token::Kind::Number;
            token.text += text[at++];
            while (at < text.size() &&
                   (isDigit(text[at]) || text[at] == '.' || text[at] == 'e' || text[at] == 'E' ||
                    ((text[at] == '-' || text[at] == '+') && (text[at - 1] == 'e' || text[at - 1] == 'E'))))
                token.text += text[at++];
            const auto value = core::parseDouble(token.text);
            if (!value || !std::isfinite(*value))
                return fail(wrong(token.position, "\"" + token.text + "\" is not a number"));
        } else {
            token.kind = Token::Kind::Symbol;
            const auto two = text.substr(at, 2);
            const bool isTwo = two == "<=" || two == ">=" || two == "!=" || two == "<>" || two == "==";
            token.text = isTwo ? std::string(two) : std::string(1, c);
            if (!isTwo && std::string_view("()=<>,.").find(c) == std::string_view::npos)
                return fail(wrong(token.position, "\"" + token.text + "\" means nothing here"));
            at += token.text.size();
        }
        tokens.push_back(std::move(token));
    }
}

// ------------------------------------------------------------------------------------------------------
// grammar

class Compiler {
  public:
    Compiler(std::vector<Token> tokens, const ColumnLookup& columns)
        : tokens_(std::move(tokens)), columns_(columns) {}

    Result<FilterSql> whole() {
        BALMER_CHECK(expression());
        if (now().kind != Token::Kind::End)
            return fail(wrong(now().position, "expected and, or, or the end, not " + shown(now())));
        return std::move(out_);
    }

  private:
    static constexpr int deepest = 100;         ///< brackets and nots inside one another
    static constexpr int mostComparisons = 400; ///< SQLite's own limit on an expression's depth is 1000

    const Token& now() const { return tokens_[at_]; }
    void next() {
        if (at_ + 1 < tokens_.size()) ++at_;
    }
    static std::string shown(const Token& token) {
        return token.kind == Token::Kind::End ? "the end" : "\"" + token.text + "\"";
    }
    bool isWord(std::string_view word) const {
        return now().kind == Token::Kind::Name && !now().quoted && core::lowerCase(now().text) == word;
    }
    bool isSymbol(std::string_view symbol) const {
        return now().kind == Token::Kind::Symbol && now().text == symbol;
    }
    bool takeWord(std::string_view word) {
        const bool is = isWord(word);
        if (is) next();
        return is;
    }
    bool takeSymbol(std::string_view symbol) {
        const bool is = isSymbol(symbol);
        if (is) next();
        return is;
    }
    Status expectSymbol(std::string_view symbol) {
        if (!takeSymbol(symbol))
            return fail(
                wrong(now().position, "expected \"" + std::string(symbol) + "\", not " + shown(now())));
        return {};
    }
    void put(std::string_view sql) { out_.sql += sql; }
    void put(const FilterSql& part) {
        out_.sql += part.sql;
        out_.values.insert(out_.values.end(), part.values.begin(), part.values.end());
    }
    void putValue(FilterValue value) {
        out_.sql += '?';
        out_.values.push_back(std::move(value));
    }

    Status expression() {
        put("(");
        BALMER_CHECK(conjunction());
        while (takeWord("or")) {
            put(" OR ");
            BALMER_CHECK(conjunction());
        }
        put(")");
        return {};
    }
    Status conjunction() {
        put("(");
        BALMER_CHECK(factor());
        while (takeWord("and")) {
            put(" AND ");
            BALMER_CHECK(factor());
        }
        put(")");
        return {};
    }
    Status factor() {
        if (++depth_ > deepest) return fail(wrong(now().position, "too many brackets inside one another"));
        Status done;
        if (takeWord("not")) {
            put("NOT ");
            done = factor();
        } else if (takeSymbol("(")) {
            done = expression();
            if (done) done = expectSymbol(")");
        } else {
            done = comparison();
        }
        --depth_;
        return done;
    }

    /// Each comparison is true or false, never unknown, so that `not` means what it says.
    Status comparison() {
        if (++comparisons_ > mostComparisons)
            return fail(wrong(now().position,
                              "more than " + std::to_string(mostComparisons) + " comparisons; use in (…)"));
        if (now().kind != Token::Kind::Name)
            return fail(wrong(now().position, "expected the name of a field, not " + shown(now())));
        const auto begin = at_;
        if (takeWord("matches") && isSymbol("(")) return matches();
        at_ = begin;
        if (takeWord("cone") && isSymbol("(")) return cone();
        at_ = begin;
        BALMER_TRY(const auto term, name());
        if (takeWord("is")) {
            const bool negated = takeWord("not");
            if (!takeWord("null")) return fail(wrong(now().position, "expected null, not " + shown(now())));
            put(term.value);
            put(negated ? " IS NOT NULL" : " IS NULL");
            return {};
        }
        if (takeWord("not")) {
            put("NOT ");
            if (!isWord("like") && !isWord("in") && !isWord("between"))
                return fail(wrong(now().position, "expected like, in or between, not " + shown(now())));
        }
        put("((");
        BALMER_CHECK(relation(term));
        put(") IS TRUE)");
        return {};
    }

    Status relation(const Term& term) {
        if (takeWord("like")) {
            if (term.number)
                return fail(wrong(now().position, term.name + " is a number; like compares texts"));
            if (now().kind != Token::Kind::Text)
                return fail(wrong(now().position, "expected a text in quotes, not " + shown(now())));
            put(term.value);
            put(" LIKE ");
            putValue(textOf(term));
            next();
            return {};
        }
        if (takeWord("in")) {
            BALMER_CHECK(expectSymbol("("));
            if (term.flag) return anyFlag(term);
            put(term.value);
            put(" IN (");
            BALMER_CHECK(value(term));
            while (takeSymbol(",")) {
                put(", ");
                BALMER_CHECK(value(term));
            }
            put(")");
            return expectSymbol(")");
        }
        if (takeWord("between")) {
            put(term.value);
            put(" BETWEEN ");
            BALMER_CHECK(value(term));
            if (!takeWord("and")) return fail(wrong(now().position, "expected and, not " + shown(now())));
            put(" AND ");
            return value(term);
        }
        constexpr std::array<std::pair<std::string_view, std::string_view>, 8> operators = {{{"=", "="},
                                                                                             {"==", "="},
                                                                                             {"!=", "<>"},
                                                                                             {"<>", "<>"},
                                                                                             {"<", "<"},
                                                                                             {"<=", "<="},
                                                                                             {">", ">"},
                                                                                             {">=", ">="}}};
        for (const auto& [written, sql] : operators) {
            if (!takeSymbol(written)) continue;
            if (term.flag && (sql == "=" || sql == "<>")) {
                if (sql == "<>") put("NOT ");
                return hasFlag(term);
            }
            put(term.value);
            // Of texts, what has none is different from every other.
            put(sql == "<>" && !term.number ? " IS NOT " : " " + std::string(sql) + " ");
            return value(term);
        }
        return fail(wrong(now().position, "expected =, !=, <, <=, >, >=, like, in, between or is after " +
                                              term.name + ", not " + shown(now())));
    }

    Status hasFlag(const Term& term) {
        put("(instr(' ' || coalesce(");
        put(term.value);
        put(", '') || ' ', ' ' || ");
        BALMER_CHECK(value(term));
        put(" || ' ') > 0)");
        return {};
    }
    Status anyFlag(const Term& term) {
        BALMER_CHECK(hasFlag(term));
        while (takeSymbol(",")) {
            put(" OR ");
            BALMER_CHECK(hasFlag(term));
        }
        return expectSymbol(")");
    }

    std::string textOf(const Term& term) const {
        return term.className ? core::composed(now().text) : now().text;
    }
    Status value(const Term& term) {
        if (now().kind == Token::Kind::Number) {
            if (term.number)
                putValue(*core::parseDouble(now().text));
            else
                putValue(now().text); // class 0 is the text "0"
        } else if (now().kind == Token::Kind::Text) {
            if (term.number)
                return fail(
                    wrong(now().position, term.name + " is a number; '" + now().text + "' is a text"));
            putValue(textOf(term));
        } else {
            return fail(
                wrong(now().position, "expected a number or a text in single quotes, not " + shown(now())));
        }
        next();
        return {};
    }

    Result<Term> name() {
        const auto position = now().position;
        std::string dataset, last = now().text;
        next();
        if (takeSymbol(".")) {
            if (now().kind != Token::Kind::Name)
                return fail(wrong(now().position, "expected the name of a column, not " + shown(now())));
            dataset = std::exchange(last, now().text);
            next();
        }
        auto term = termFor(dataset, last, columns_);
        if (!term) return fail(wrong(position, term.error().message()));
        return term;
    }

    Status matches() {
        BALMER_CHECK(expectSymbol("("));
        if (now().kind != Token::Kind::Text)
            return fail(wrong(now().position, "expected words in quotes, not " + shown(now())));
        const auto words = searchQuery(now().text);
        if (words.empty()) return fail(wrong(now().position, "there is no word to search for"));
        put("s.key IN (SELECT rowid FROM spectrum_text WHERE spectrum_text MATCH ");
        putValue(words);
        put(")");
        next();
        return expectSymbol(")");
    }

    Status cone() {
        const auto position = now().position;
        BALMER_CHECK(expectSymbol("("));
        std::array<double, 3> numbers{};
        for (std::size_t i = 0; i < 3; ++i) {
            if (i > 0) BALMER_CHECK(expectSymbol(","));
            if (now().kind != Token::Kind::Number)
                return fail(wrong(now().position,
                                  "cone wants right ascension and declination in degrees and a radius in "
                                  "arcseconds, not " +
                                      shown(now())));
            numbers[i] = *core::parseDouble(now().text);
            next();
        }
        BALMER_CHECK(expectSymbol(")"));
        const auto filter = coneFilter({numbers[0], numbers[1]}, numbers[2]);
        if (!filter) return fail(wrong(position, filter.error().message()));
        put(*filter);
        return {};
    }

    std::vector<Token> tokens_;
    const ColumnLookup& columns_;
    std::size_t at_ = 0;
    int depth_ = 0, comparisons_ = 0;
    FilterSql out_;
};

} // namespace

Result<FilterSql> compileFilter(std::string_view expression, const ColumnLookup& columns) {
    if (expression.size() > 1'000'000)
        return fail(ErrorCode::InvalidArgument, "the filter is longer than a million characters");
    BALMER_TRY(auto tokens, tokensOf(expression));
    return Compiler(std::move(tokens), columns).whole();
}

Result<FilterSql> compileSortKey(std::string_view name, const ColumnLookup& columns) {
    BALMER_TRY(const auto tokens, tokensOf(name));
    const auto isName = [&](std::size_t i) {
        return i < tokens.size() && tokens[i].kind == Token::Kind::Name;
    };
    if (isName(0) && tokens.size() == 2) {
        BALMER_TRY(auto term, termFor("", tokens[0].text, columns));
        return std::move(term.value);
    }
    if (isName(0) && tokens.size() == 4 && tokens[1].text == "." && isName(2)) {
        BALMER_TRY(auto term, termFor(tokens[0].text, tokens[2].text, columns));
        return std::move(term.value);
    }
    return fail(ErrorCode::InvalidArgument, "\"" + std::string(name) +
                                                "\" is nothing to sort by; name a field, COLUMN or "
                                                "DATASET.COLUMN, with - before it to descend");
}

Result<FilterSql> coneFilter(const spectrum::SkyPosition& centre, double radiusArcsec) {
    const double ra = centre.raDegrees, dec = centre.decDegrees, radius = radiusArcsec / 3600;
    if (!(ra >= 0 && ra <= 360 && dec >= -90 && dec <= 90))
        return fail(ErrorCode::InvalidArgument,
                    "the position must have 0 <= ra <= 360 and -90 <= dec <= 90 degrees");
    if (!(radius >= 0 && radius <= 180))
        return fail(ErrorCode::InvalidArgument, "the radius must be between 0 and 648000 arcseconds");
    // The R-tree gives the box about the cone, a little too large for its 32-bit numbers; the distance
    // decides.
    constexpr double slack = 1e-4;
    const double south = dec - radius - slack, north = dec + radius + slack;
    double halfWidth = 180;
    if (south > -89.9 && north < 89.9) {
        const double degree = std::numbers::pi / 180;
        const double sine = std::sin(std::min(radius + slack, 90.0) * degree) / std::cos(dec * degree);
        if (sine < 1) halfWidth = std::asin(sine) / degree + slack;
    }
    std::string box = "dec_to >= ? AND dec_from <= ?";
    std::vector<FilterValue> values = {south, north};
    if (halfWidth < 180) {
        // Across 0° the box goes on at the other end of the circle.
        box += " AND ((ra_to >= ? AND ra_from <= ?) OR (ra_to >= ? AND ra_from <= ?) OR (ra_to >= ? AND "
               "ra_from <= ?))";
        for (const double turn : {0.0, -360.0, 360.0}) {
            values.emplace_back(ra - halfWidth + turn);
            values.emplace_back(ra + halfWidth + turn);
        }
    }
    values.insert(values.end(), {ra, dec, radiusArcsec});
    return FilterSql{"(s.key IN (SELECT key FROM spectrum_position WHERE " + box +
                         ") AND (separation_arcsec(s.ra, s.dec, ?, ?) <= ?) IS TRUE)",
                     std::move(values)};
}

std::string searchQuery(std::string_view words) {
    std::string query;
    std::size_t at = 0;
    while (at < words.size()) {
        const auto blank = [&] { return static_cast<unsigned char>(words[at]) <= ' '; };
        while (at < words.size() && blank())
            ++at;
        std::string word;
        while (at < words.size() && !blank())
            word += words[at++];
        const bool beginning = !word.empty() && word.back() == '*';
        while (!word.empty() && word.back() == '*')
            word.pop_back();
        // A word of punctuation alone has nothing to search for, and FTS5 would refuse it.
        if (std::none_of(word.begin(), word.end(), [](char c) { return beginsName(c) || isDigit(c); }))
            continue;
        if (!query.empty()) query += ' ';
        query += '"';
        for (const char c : word) {
            if (c == '"') query += '"';
            query += c;
        }
        query += '"';
        if (beginning) query += '*';
    }
    return query;
}

} // namespace balmer::store
