// LocalObservatory: the observatory of a project that is open here. Private to api.
#pragma once

#include <memory>

#include "engine/api/observatory.h"
#include "engine/store/project.h"
#include "engine/workflow/net_access.h"

namespace balmer::api {

class LocalObservatory final : public Observatory {
  public:
    LocalObservatory(store::Project& project, std::shared_ptr<workflow::NetAccess> net)
        : project_(project), net_(std::move(net)), book_(vo::ServiceBook::defaultFile()) {}

    core::Result<std::vector<vo::Service>> services() override { return book_.all(); }
    core::Status putService(const vo::Service& service) override { return book_.put(service); }
    core::Status removeService(const std::string& name) override { return book_.remove(name); }
    core::Status logIn(const std::string& url, const std::string& user,
                       const std::string& password) override {
        return net_->logIn(url, {user, password});
    }
    core::Result<TreePreview> preview(const TreeRequest& request, core::TaskContext& task) override;
    core::Result<MarkedList> askSsap(const std::string& service, const vo::SsapQuery& query,
                                     const vo::ListOptions& options, core::TaskContext& task) override;
    core::Result<MarkedList> readList(const std::string& fileOrUrl, const vo::ListOptions& options,
                                      core::TaskContext& task) override;
    core::Status mark(MarkedList& list) override;
    core::Result<std::vector<std::string>> addresses(const std::vector<std::string>& ids) override;
    core::Result<jobs::JobSpec> fetchJob(const TreeRequest& request, const Destination& to) override;
    core::Result<jobs::JobSpec> retrieveJob(const vo::SpectrumList& list,
                                            const std::vector<std::size_t>& rows,
                                            const Destination& to) override;

  private:
    core::Result<MarkedList> marked(vo::SpectrumList list);

    store::Project& project_;
    std::shared_ptr<workflow::NetAccess> net_;
    vo::ServiceBook book_;
};

} // namespace balmer::api
