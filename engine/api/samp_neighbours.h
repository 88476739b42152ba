// SampNeighbours: the neighbours of a project over SAMP. Private to api.
#pragma once

#include <memory>

#include "engine/api/neighbours.h"

namespace balmer::api {

struct SampExchange;
class Workbench;

class SampNeighbours final : public Neighbours {
  public:
    /// The workbench must live longer.
    SampNeighbours(Workbench& workbench, Options options, Handlers handlers);
    ~SampNeighbours() override;

    void connect() override;
    void disconnect() override;
    NeighbourState state() const override;
    core::Status decide(std::uint64_t request, Decision decision) override;
    core::Result<NeighbourTrust> trust() const override;
    core::Status setTrust(const std::string& name, Trust trust) override;
    std::uint64_t sendSpectrum(const std::string& id, std::vector<std::string> to) override;
    std::uint64_t sendTable(TableChoice table, std::vector<std::string> to) override;
    std::uint64_t pointAt(const std::string& id, std::vector<std::string> to) override;
    std::uint64_t select(std::vector<std::string> ids) override;
    std::size_t fetched(std::uint64_t ticket) const override;
    void highlight(const std::string& id) override;

  private:
    std::unique_ptr<SampExchange> exchange_;
};

} // namespace balmer::api
