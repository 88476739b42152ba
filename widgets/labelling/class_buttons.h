// A button for each class that can be answered, in a layout of its own. Free function; UI thread only.
#pragma once

#include <vector>

#include <Qt>

class QBoxLayout;
class QWidget;

namespace balmer::widgets {

class AnswerActions;
class KeyButton;

/// In place of the old ones, which go, one for each class of the actions, with its mark.
void remakeClassButtons(std::vector<KeyButton*>& buttons, const AnswerActions& actions, QBoxLayout& layout,
                        QWidget& parent, Qt::FocusPolicy focus);

} // namespace balmer::widgets
