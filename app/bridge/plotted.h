// From the engine's spectra to what plots take. Wavelengths stated in air become vacuum wavelengths, so that
// one axis serves all. Pure functions; any thread.
#pragma once

#include <vector>

#include "engine/api/datasets.h"
#include "engine/spectrum/spectrum.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::bridge {

widgets::PlottedSpectrum plotted(const spectrum::Spectrum& spectrum, const QString& id);
widgets::PlottedSpectrum plotted(const api::WindowRow& row);

/// "λ (vacuum) [Å]", or "λ [Å]" where a medium is not known.
QString wavelengthLabel(bool vacuum);
/// "F [10⁻¹⁷ erg s⁻¹ cm⁻² Å⁻¹]" for the unit as the file states it; "flux [arbitrary units]" without one.
QString fluxLabel(const QString& unit);

/// At most `points` fluxes, means of equal parts, for a thumbnail.
std::vector<float> thumbnail(const std::vector<float>& flux, std::size_t points = 70);

} // namespace balmer::bridge
