#include "app/desktop/shell/only_reads_banner.h"

#include <QHBoxLayout>
#include <QLabel>

#include "app/bridge/display_text.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

OnlyReadsBanner::OnlyReadsBanner(bridge::Session& session) {
    constexpr int gap = widgets::gridStep;
    setObjectName(QStringLiteral("onlyReadsBanner"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    const auto why = session.workbench().onlyReads();
    setVisible(!why.empty());
    if (why.empty()) return;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * gap, gap, 2 * gap, gap);
    auto* mark = new QLabel(QStringLiteral("▲"));
    widgets::setTone(*mark, widgets::Tone::Warning);
    row->addWidget(mark);
    auto* words =
        new QLabel(tr("Labels and jobs are not kept, exports can be made: %1.").arg(bridge::text(why)));
    words->setObjectName(QStringLiteral("onlyReadsText"));
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(words, 1);
}

} // namespace balmer::desktop
