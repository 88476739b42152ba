// Icons drawn by code, in the theme's text colour, sharp at every scale. UI thread only.
#pragma once

#include <QIcon>

namespace balmer::widgets {

enum class Icon {
    Data,
    Map,
    Label,
    Jobs,
    Workers,
    Search,
    Import,
    Export,
    Play,
    Stop,
    Add,
    Remove,
    Settings,
    Help,
    Fit,
    Columns,
    LinkIdle, ///< these four in their own colours: how it stands with a connection
    LinkConnecting,
    LinkConnected,
    LinkLost
};

/// Follows the theme: drawn anew at each paint, accent when checked ("On"), muted when disabled.
QIcon icon(Icon which);

/// The application's own icon: a Balmer line on an axis.
QIcon applicationIcon();

} // namespace balmer::widgets
