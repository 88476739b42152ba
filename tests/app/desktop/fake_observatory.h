// FakeObservatory: a net in memory, for tests of the desktop: what it answers is set by the test, and is
// NotFound until then.
//
// Set before it is asked; then any thread, like the real one. What was asked is kept for the test to look at.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "engine/api/observatory.h"

namespace balmer::test {

class FakeObservatory : public api::Observatory {
  public:
    std::vector<vo::Service> known;
    std::optional<api::TreePreview> tree;
    std::optional<api::MarkedList> list;
    std::optional<core::Error> trouble; ///< instead of an answer

    struct Asked {
        std::vector<api::TreeRequest> trees;
        std::vector<std::pair<std::string, vo::SsapQuery>> services;
        std::vector<std::pair<std::string, vo::ListOptions>> lists;
        std::vector<std::string> logins; ///< "user:password at URL"
        std::vector<api::TreeRequest> fetched;
        std::vector<std::vector<std::size_t>> retrieved;
        std::vector<api::Destination> destinations;
        std::size_t questions() const { return trees.size() + services.size() + lists.size(); }
    };
    Asked asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    /// While held, questions wait until they are let go or stopped.
    void hold(bool held) {
        const std::lock_guard lock(mutex_);
        held_ = held;
        released_.notify_all();
    }
    /// How many questions were stopped while they waited.
    int stopped() const {
        const std::lock_guard lock(mutex_);
        return stopped_;
    }
    /// From now on the project has the spectrum of this address.
    void nowInProject(const std::string& url, const std::string& id) {
        const std::lock_guard lock(mutex_);
        inProject_[url] = id;
    }

    core::Result<std::vector<vo::Service>> services() override {
        const std::lock_guard lock(mutex_);
        return known;
    }
    core::Status putService(const vo::Service& service) override {
        if (service.url.find("://") == std::string::npos)
            return core::fail(core::ErrorCode::InvalidArgument,
                              "\"" + service.url + "\" is not an address; write https://…");
        (void)removeService(service.name);
        const std::lock_guard lock(mutex_);
        known.push_back(service);
        return {};
    }
    core::Status removeService(const std::string& name) override {
        const std::lock_guard lock(mutex_);
        if (std::erase_if(known, [&](const auto& each) { return each.name == name; }) > 0) return {};
        return core::fail(core::ErrorCode::NotFound, "no service is called \"" + name + "\"");
    }
    core::Status logIn(const std::string& url, const std::string& user,
                       const std::string& password) override {
        const std::lock_guard lock(mutex_);
        asked_.logins.push_back(user + ":" + password + " at " + url);
        return {};
    }
    core::Result<api::TreePreview> preview(const api::TreeRequest& request,
                                           core::TaskContext& task) override {
        return answer(tree, request.url, task, [&] { asked_.trees.push_back(request); });
    }
    core::Result<api::MarkedList> askSsap(const std::string& service, const vo::SsapQuery& query,
                                          const vo::ListOptions&, core::TaskContext& task) override {
        return answer(list, service, task, [&] { asked_.services.emplace_back(service, query); });
    }
    core::Result<api::MarkedList> readList(const std::string& fileOrUrl, const vo::ListOptions& options,
                                           core::TaskContext& task) override {
        return answer(list, fileOrUrl, task, [&] { asked_.lists.emplace_back(fileOrUrl, options); });
    }
    core::Status mark(api::MarkedList& marked) override {
        const std::lock_guard lock(mutex_);
        marked.inProject.resize(marked.list.rows.size());
        for (std::size_t i = 0; i < marked.list.rows.size(); ++i)
            if (const auto found = inProject_.find(marked.list.rows[i].url); found != inProject_.end())
                marked.inProject[i] = found->second;
        return {};
    }
    core::Result<std::vector<std::string>> addresses(const std::vector<std::string>& ids) override {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> found(ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i)
            for (const auto& [url, id] : inProject_)
                if (id == ids[i]) found[i] = url;
        return found;
    }
    core::Result<jobs::JobSpec> fetchJob(const api::TreeRequest& request,
                                         const api::Destination& to) override {
        const std::lock_guard lock(mutex_);
        asked_.fetched.push_back(request);
        asked_.destinations.push_back(to);
        return specOf("fetch");
    }
    core::Result<jobs::JobSpec> retrieveJob(const vo::SpectrumList&, const std::vector<std::size_t>& rows,
                                            const api::Destination& to) override {
        const std::lock_guard lock(mutex_);
        asked_.retrieved.push_back(rows);
        asked_.destinations.push_back(to);
        return specOf("retrieve");
    }

  private:
    template <typename T, typename Keep>
    core::Result<T> answer(const std::optional<T>& value, const std::string& place, core::TaskContext& task,
                           Keep keep) {
        std::unique_lock lock(mutex_);
        keep();
        if (!released_.wait(lock, task.stopToken(), [this] { return !held_; })) {
            ++stopped_;
            return core::fail(core::ErrorCode::Cancelled, "stopped");
        }
        if (trouble) return core::fail(*trouble);
        if (value) return *value;
        return core::fail(core::ErrorCode::NotFound, "nothing answers at " + place);
    }
    static jobs::JobSpec specOf(const char* kind) {
        jobs::JobSpec spec;
        spec.kind = kind;
        return spec;
    }

    mutable std::mutex mutex_;
    std::condition_variable_any released_;
    Asked asked_;
    std::map<std::string, std::string> inProject_;
    bool held_ = false;
    int stopped_ = 0;
};

} // namespace balmer::test
