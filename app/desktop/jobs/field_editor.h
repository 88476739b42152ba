// FieldEditor: the widget for one field of a job's parameters, made of what the kind declares of it: its
// title, help, unit, range, choices, default and what it names. UI thread.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include <QJsonValue>
#include <QString>

#include "app/bridge/session.h"
#include "engine/jobs/field.h"

class QWidget;

namespace balmer::desktop {

struct FieldEditor {
    QString label;   ///< beside it; "" where the widget says it itself
    QWidget* widget; ///< named after the field, with "Field" added
    std::function<QJsonValue()> value;
    std::function<void(const QJsonValue&)> setValue;
};

/// {shown, meant}.
using Choices = std::vector<std::pair<QString, QString>>;

/// Stands at the default. What a dataset's, collection's or model's field can be is asked for in the
/// background. What is typed is passed on as it is: the engine says what is wrong with it.
FieldEditor fieldEditor(const jobs::Field& field, bridge::Session& session, QWidget* parent);
/// One that offers these alone.
FieldEditor choiceEditor(const jobs::Field& field, const Choices& choices, const QString& chosen,
                         QWidget* parent);

/// "halpha (3 000 × 140)".
Choices datasetChoices(const std::vector<api::DatasetInfo>& datasets);

QString fieldTitle(const jobs::Field& field);

} // namespace balmer::desktop
