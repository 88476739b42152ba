// Theme: the colours, class marks and measures that all of Balmer's widgets share, in light and in dark.
// Owner: the application; there is one theme at a time. UI thread only. Widgets follow a change through
// QEvent::PaletteChange, so nobody connects to anything.
#pragma once

#include <QColor>
#include <QFont>
#include <QPointF>
#include <QString>

class QApplication;
class QPainter;
class QWidget;

namespace balmer::widgets {

enum class ThemeMode { System, Light, Dark };

/// text, everything named …Text, good, warning and error have a contrast of at least 4.5 : 1 on window, panel
/// and plot; the other foreground colours, which lines and fills use, at least 3 : 1.
struct ThemeColours {
    bool dark = false;
    QColor window; ///< behind everything
    QColor panel;  ///< lists, tables, fields
    QColor raised; ///< buttons, chips
    QColor plot;   ///< background of plots
    QColor grid;   ///< faint lines in plots
    QColor border; ///< the few lines that separate
    QColor text;
    QColor mutedText; ///< secondary text, axis labels
    QColor faintText; ///< what cannot be used now
    QColor accent;    ///< Hα red: the one thing to do
    QColor accentText;
    QColor onAccent;  ///< text on a fill of accentText
    QColor selection; ///< Hβ blue: what is selected
    QColor selectionText;
    QColor model; ///< Hγ violet: what a model says
    QColor modelText;
    QColor good;     ///< completed
    QColor warning;  ///< aborted, doubtful
    QColor error;    ///< failed
    QColor masked;   ///< masked parts of a spectrum
    QColor spectrum; ///< the first, or only, spectrum of a plot
};

/// The colours in force.
const ThemeColours& theme();

/// Sets Fusion, palette and style sheet for the whole application. System: dark where the palette that the
/// platform gave at the first call is dark. May be called again at any time.
void applyTheme(QApplication& application, ThemeMode mode);

/// While one lives, theme() is the light one: figures are drawn for paper whatever the screen shows. Does not
/// nest.
class LightThemeScope {
  public:
    LightThemeScope();
    ~LightThemeScope();
    LightThemeScope(const LightThemeScope&) = delete;
    LightThemeScope& operator=(const LightThemeScope&) = delete;
};

/// The distance that all margins and gaps are multiples of, in device-independent pixels.
inline constexpr int gridStep = 8;

/// Okabe–Ito colour of the class with this index (0 …); repeats after seven, when the shape tells them apart.
/// The black of the set is the text colour and comes last.
QColor classColour(int classIndex);

enum class Marker { Circle, Square, TriangleUp, Diamond, TriangleDown, Cross, Star, Pentagon };
Marker classMarker(int classIndex);
void drawMarker(QPainter& painter, Marker marker, QPointF centre, double radius, const QColor& colour,
                bool filled = true);

/// Gives a label secondary or error colour, whatever the theme becomes: a dynamic property that the style
/// sheet reads.
enum class Tone { Normal, Muted, Warning, Error };
void setTone(QWidget& widget, Tone tone);

/// The font with digits of one width: itself where its digits are so, otherwise the system's fixed font at
/// its size.
QFont tabularFont(const QFont& base);

/// The font made smaller by a point for secondary text, never under 9 pt.
QFont smallFont(const QFont& base);

/// "2 830": thousands apart by a narrow no-break space.
QString groupedNumber(qint64 number);

/// WCAG 2 contrast of two opaque colours, 1 … 21.
double contrast(const QColor& a, const QColor& b);

} // namespace balmer::widgets
