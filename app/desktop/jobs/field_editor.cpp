#include "app/desktop/jobs/field_editor.h"

#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QSpinBox>

#include "app/bridge/display_text.h"
#include "engine/core/text_number.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;
using Type = jobs::Field::Type;
using Names = jobs::Field::Names;

namespace {

QJsonValue initialValue(const jobs::Field& field) {
    if (field.initial.empty()) return {};
    // A bare value is not a document; one in brackets is.
    return QJsonDocument::fromJson(QByteArray::fromStdString("[" + field.initial + "]")).array().at(0);
}

QString helpOf(const jobs::Field& field) {
    const auto limits = jobs::limitsOf(field);
    QString help = text(field.help);
    if (!help.isEmpty()) help[0] = help[0].toUpper();
    return limits.empty() ? help : QStringLiteral("%1 (%2)").arg(help, text(limits));
}

FieldEditor made(const jobs::Field& field, QWidget* widget) {
    widget->setObjectName(text(field.name) + QStringLiteral("Field"));
    widget->setToolTip(helpOf(field));
    const QString title = fieldTitle(field);
    widget->setAccessibleName(title);
    return {
        field.unit.empty() ? title : QStringLiteral("%1 (%2)").arg(title, text(field.unit)), widget, {}, {}};
}

QString joined(const std::vector<std::string>& pieces) {
    QStringList all;
    for (const auto& piece : pieces)
        all << text(core::joinQuoted({piece}));
    return all.join(QStringLiteral(", "));
}

/// What a person types for a field, as JSON; what cannot be that stays a text, for the engine to refuse.
QJsonValue typed(const jobs::Field& field, const QString& words) {
    if (field.nullable && words.isEmpty()) return QJsonValue::Null;
    if (field.type == Type::Integer) {
        bool whole = false;
        const qint64 number = words.toLongLong(&whole);
        return whole ? QJsonValue(number) : QJsonValue(words);
    }
    if (field.type == Type::Number) {
        const auto number = core::parseDouble(plain(words));
        return number ? QJsonValue(*number) : QJsonValue(words);
    }
    if (field.type == Type::Text) return words;
    const auto pieces = core::splitQuoted(plain(words));
    if (!pieces) return words;
    if (field.type == Type::List) {
        QJsonArray list;
        for (const auto& piece : *pieces)
            if (!piece.empty()) list << text(piece);
        return list;
    }
    QJsonObject map;
    for (const auto& piece : *pieces) {
        const auto sign = piece.find('=');
        if (sign == std::string::npos) return words;
        map[text(piece.substr(0, sign))] = text(piece.substr(sign + 1));
    }
    return map;
}

QString shown(const QJsonValue& value) {
    std::vector<std::string> pieces;
    if (value.isArray()) {
        for (const QJsonValue& each : value.toArray())
            pieces.push_back(plain(each.toString()));
        return joined(pieces);
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto each = object.begin(); each != object.end(); ++each)
            pieces.push_back(plain(each.key() + '=' + each.value().toString()));
        return joined(pieces);
    }
    if (value.isDouble()) return text(core::formatDouble(value.toDouble()));
    return value.toString();
}

FieldEditor lineEditor(const jobs::Field& field, QWidget* parent) {
    auto* line = new QLineEdit(parent);
    auto editor = made(field, line);
    line->setPlaceholderText(text(field.otherwise));
    editor.value = [line, field] { return typed(field, line->text().trimmed()); };
    editor.setValue = [line](const QJsonValue& value) { line->setText(shown(value)); };
    return editor;
}

FieldEditor numberEditor(const jobs::Field& field, QWidget* parent) {
    constexpr double most = std::numeric_limits<int>::max();
    auto* box = new QSpinBox(parent);
    auto editor = made(field, box);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setRange(int(std::max(-most, field.minimum.value_or(-most))),
                  int(std::min(most, field.maximum.value_or(most))));
    if (!field.otherwise.empty() && field.initialText == std::to_string(box->minimum()))
        box->setSpecialValueText(text(field.otherwise));
    editor.value = [box] { return box->value(); };
    editor.setValue = [box](const QJsonValue& value) { box->setValue(value.toInt()); };
    return editor;
}

FieldEditor switchEditor(const jobs::Field& field, QWidget* parent) {
    auto* box = new QCheckBox(parent);
    auto editor = made(field, box);
    box->setText(editor.label);
    editor.label.clear();
    editor.value = [box] { return box->isChecked(); };
    editor.setValue = [box](const QJsonValue& value) { box->setChecked(value.toBool()); };
    return editor;
}

/// Adds what there is when it is known; what was wished before then is chosen.
template <typename Ask, typename Offer>
void fillLater(QComboBox* box, bridge::Session& session, Ask ask, Offer offer) {
    session.lists().run(
        box, [&workbench = session.workbench(), ask](const std::stop_token&) { return ask(workbench); },
        [box, offer](const auto& all) {
            if (!all) return;
            for (const auto& one : *all) {
                const auto [shown, meant] = offer(one);
                box->addItem(shown, meant);
            }
            if (const int at = box->findData(box->property("wanted")); at >= 0) box->setCurrentIndex(at);
        });
}

FieldEditor namedEditor(const jobs::Field& field, bridge::Session& session, QWidget* parent) {
    Choices first;
    if (!field.required)
        first.emplace_back(field.otherwise.empty() ? QObject::tr("none") : text(field.otherwise), QString());
    auto editor = choiceEditor(field, first, {}, parent);
    auto* box = static_cast<QComboBox*>(editor.widget);
    using Same = std::pair<QString, QString>;
    if (field.names == Names::Dataset)
        fillLater(
            box, session, [](api::Workbench& bench) { return bench.datasets().list(); },
            [](const api::DatasetInfo& one) { return datasetChoices({one}).front(); });
    else if (field.names == Names::Collection)
        fillLater(
            box, session, [](api::Workbench& bench) { return bench.spectra().collections(); },
            [](const api::Collection& one) { return Same(text(one.name), text(one.name)); });
    else
        fillLater(
            box, session, [](api::Workbench& bench) { return bench.models().list(); },
            [](const api::ModelInfo& one) { return Same(text(one.name), text(one.name)); });
    return editor;
}

} // namespace

QString fieldTitle(const jobs::Field& field) {
    return text(jobs::titleOf(field));
}

Choices datasetChoices(const std::vector<api::DatasetInfo>& datasets) {
    Choices choices;
    for (const auto& one : datasets)
        choices.emplace_back(
            QStringLiteral("%1 (%2 × %3)")
                .arg(text(one.name), bridge::countText(one.rows), bridge::countText(one.columns)),
            text(one.name));
    return choices;
}

FieldEditor choiceEditor(const jobs::Field& field, const Choices& choices, const QString& chosen,
                         QWidget* parent) {
    auto* box = new QComboBox(parent);
    auto editor = made(field, box);
    for (const auto& [shown, meant] : choices)
        box->addItem(shown, meant);
    editor.value = [box] { return box->currentData().toString(); };
    editor.setValue = [box](const QJsonValue& value) {
        box->setProperty("wanted", value.toString());
        if (const int at = box->findData(value.toString()); at >= 0) box->setCurrentIndex(at);
    };
    editor.setValue(chosen);
    return editor;
}

FieldEditor fieldEditor(const jobs::Field& field, bridge::Session& session, QWidget* parent) {
    const QJsonValue initial = initialValue(field);
    if (field.type == Type::Text && !field.choices.empty()) {
        Choices choices;
        for (const auto& word : field.choices)
            choices.emplace_back(text(word), text(word));
        return choiceEditor(field, choices, initial.toString(), parent);
    }
    if (field.names == Names::Dataset || field.names == Names::Collection || field.names == Names::Model)
        return namedEditor(field, session, parent);
    const bool small = std::abs(initial.toDouble()) < std::numeric_limits<int>::max();
    auto editor = field.type == Type::Boolean ? switchEditor(field, parent)
                  : field.type == Type::Integer && small && field.unit != "bytes"
                      ? numberEditor(field, parent)
                      : lineEditor(field, parent);
    if (!initial.isUndefined()) editor.setValue(initial);
    return editor;
}

} // namespace balmer::desktop
