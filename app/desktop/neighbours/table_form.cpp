#include "app/desktop/neighbours/table_form.h"

#include <QJsonArray>
#include <QListWidget>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

using bridge::text;

namespace {

/// The table's columns, to be ticked.
QListWidget* columnList(const api::ReceivedTable& table, QWidget* parent) {
    auto* list = new QListWidget(parent);
    list->setObjectName(QStringLiteral("columnsField"));
    list->setToolTip(QObject::tr("Ticked columns become columns of the dataset (Space ticks)"));
    list->setMinimumHeight(120);
    for (const auto& name : table.columns) {
        if (name == table.idColumn) continue;
        auto* item = new QListWidgetItem(text(name), list);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Unchecked);
    }
    return list;
}

} // namespace

JobForm* showTableForm(bridge::Session& session, const QString& from, const api::ReceivedTable& table,
                       QWidget* parent) {
    auto* form = new JobForm(session, "table-import",
                             QObject::tr("Take columns and labels of “%1”")
                                 .arg(text(table.name.empty() ? table.file.filename().string() : table.name)),
                             QObject::tr("Take"), parent);
    Choices ids, labels{{QObject::tr("none"), QString()}};
    for (const auto& name : table.columns) {
        ids.emplace_back(text(name), text(name));
        if (name != table.idColumn) labels.emplace_back(text(name), text(name));
    }
    form->fix("file", text(table.file.string()));
    form->fix("source", from);
    form->offer("id_column", ids, text(table.idColumn));
    form->offer("label_column", labels);
    auto* columns = columnList(table, form);
    form->replace("columns", columns, [columns]() -> QJsonValue {
        QJsonArray ticked;
        for (int i = 0; i < columns->count(); ++i)
            if (columns->item(i)->checkState() == Qt::Checked) ticked << columns->item(i)->text();
        return ticked;
    });
    form->showFields();
    form->setJobLabel(QObject::tr("from %1").arg(from));
    form->show();
    return form;
}

} // namespace balmer::desktop
