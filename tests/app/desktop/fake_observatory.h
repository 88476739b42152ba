// FakeObservatory: a net in memory, for tests of the desktop: what it answers is set by the test, and is
// NotFound until then.
//
// Set before it is asked; then any thread, like the real one.
#pragma once

#include <optional>

#include "engine/api/observatory.h"

namespace balmer::test {

class FakeObservatory : public api::Observatory {
  public:
    std::vector<vo::Service> known;
    std::optional<api::TreePreview> tree;
    std::optional<api::MarkedList> list;

    core::Result<std::vector<vo::Service>> services() override { return known; }
    core::Status putService(const vo::Service& service) override {
        (void)removeService(service.name);
        known.push_back(service);
        return {};
    }
    core::Status removeService(const std::string& name) override {
        if (std::erase_if(known, [&](const auto& each) { return each.name == name; }) > 0) return {};
        return core::fail(core::ErrorCode::NotFound, "no service is called \"" + name + "\"");
    }
    core::Status logIn(const std::string&, const std::string&, const std::string&) override { return {}; }
    core::Result<api::TreePreview> preview(const api::TreeRequest& request, core::TaskContext&) override {
        return tree ? core::Result<api::TreePreview>(*tree) : nobodyAt(request.url);
    }
    core::Result<api::MarkedList> askSsap(const std::string& service, const vo::SsapQuery&,
                                          const vo::ListOptions&, core::TaskContext&) override {
        return list ? core::Result<api::MarkedList>(*list) : nobodyAt(service);
    }
    core::Result<api::MarkedList> readList(const std::string& fileOrUrl, const vo::ListOptions&,
                                           core::TaskContext&) override {
        return list ? core::Result<api::MarkedList>(*list) : nobodyAt(fileOrUrl);
    }
    core::Status mark(api::MarkedList&) override { return {}; }
    core::Result<jobs::JobSpec> fetchJob(const api::TreeRequest&, const api::Destination&) override {
        return specOf("fetch");
    }
    core::Result<jobs::JobSpec> retrieveJob(const vo::SpectrumList&, const std::vector<std::size_t>&,
                                            const api::Destination&) override {
        return specOf("retrieve");
    }

  private:
    static jobs::JobSpec specOf(const char* kind) {
        jobs::JobSpec spec;
        spec.kind = kind;
        return spec;
    }
    static tl::unexpected<core::Error> nobodyAt(const std::string& place) {
        return core::fail(core::ErrorCode::NotFound, "nothing answers at " + place);
    }
};

} // namespace balmer::test
