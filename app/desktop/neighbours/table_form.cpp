#include "app/desktop/neighbours/table_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QJsonArray>
#include <QLineEdit>
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
    auto* form = new JobForm(
        session, "table-import",
        QObject::tr("Take columns and labels of “%1”")
            .arg(text(table.name.empty() ? table.file.filename().string() : table.name)),
        QObject::tr("What the table says of spectra of this project, found by their ids. Labels are added as "
                    "events, under the name of who gave them; none that was given before is lost."),
        QObject::tr("Take"), parent);
    const QString file = text(table.file.string());
    std::vector<std::pair<QString, QString>> ids, labels{{QObject::tr("none"), QString()}};
    for (const auto& name : table.columns) {
        ids.emplace_back(text(name), text(name));
        if (name != table.idColumn) labels.emplace_back(text(name), text(name));
    }
    form->addChoice(QStringLiteral("id_column"), QObject::tr("Spectra by"), ids, text(table.idColumn),
                    QObject::tr("The column with the ids of spectra"));
    form->addChoice(QStringLiteral("label_column"), QObject::tr("Labels from"), labels, QString(),
                    QObject::tr("The column with classes; each becomes a label of its spectrum"));
    form->addText(QStringLiteral("who"), QObject::tr("Labelled by"), QString(),
                  QObject::tr("Who gave these labels; empty: you"))
        ->setPlaceholderText(QObject::tr("you"));
    auto* replace = new QCheckBox(QObject::tr("replace verdicts that differ"), form);
    replace->setObjectName(QStringLiteral("replaceField"));
    replace->setToolTip(QObject::tr("Otherwise what was decided here stays, and the result says how often"));
    form->addField(QString(), replace, [replace](QJsonObject& parameters) {
        parameters[QStringLiteral("replace")] = replace->isChecked();
    });
    auto* columns = columnList(table, form);
    form->addField(QObject::tr("Columns"), columns, [columns, file, from](QJsonObject& parameters) {
        QJsonArray ticked;
        for (int i = 0; i < columns->count(); ++i)
            if (columns->item(i)->checkState() == Qt::Checked) ticked << columns->item(i)->text();
        parameters[QStringLiteral("columns")] = ticked;
        parameters[QStringLiteral("file")] = file;
        parameters[QStringLiteral("source")] = from;
    });
    auto* datasets = form->addChoice(QStringLiteral("dataset"), QObject::tr("Into dataset"),
                                     {{QObject::tr("the only one"), QString()}}, QString(),
                                     QObject::tr("The dataset whose rows get the columns"));
    form->addText(QStringLiteral("prefix"), QObject::tr("Prefix"), QString(),
                  QObject::tr("Put before the columns' names, so that they are told from others"));
    session.lists().run(
        datasets,
        [&workbench = session.workbench()](const std::stop_token&) { return workbench.datasets().list(); },
        [datasets](const core::Result<std::vector<api::DatasetInfo>>& all) {
            if (!all || all->size() < 2) return;
            datasets->clear();
            for (const auto& one : *all)
                datasets->addItem(text(one.name), text(one.name));
        });
    form->setJobLabel(QObject::tr("from %1").arg(from));
    form->show();
    return form;
}

} // namespace balmer::desktop
