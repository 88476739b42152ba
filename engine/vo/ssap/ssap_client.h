// Asking an SSAP service, and fetching a VOTable that lists spectra.
//
// Thread rule: any thread; blocks its caller until the answer is there; stops within about a tenth of a
// second when the task is asked to.
#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/http/retry.h"
#include "engine/vo/ssap/spectrum_list.h"
#include "engine/vo/ssap/ssap_query.h"

namespace balmer::vo {

struct AskOptions {
    ListOptions list = {};
    std::string user = {}, password = {};
    http::RetryPolicy retry = {3, std::chrono::milliseconds(1000), std::chrono::milliseconds(20000),
                               std::chrono::milliseconds(120000)};
    std::uint64_t limitBytes = 512 * 1024 * 1024; ///< of one answer
};

/// Asks once a position, one after the other, and joins the rows; a row with the address of an earlier one is
/// left out. A question that fails beside others that succeed is one of `failures`. Errors: when all fail,
/// the first one's: those of the client and of readSpectrumList; InvalidArgument for the query; Cancelled.
core::Result<SpectrumList> askSsap(http::Client& client, const std::string& service, const SsapQuery& query,
                                   const AskOptions& options, core::TaskContext& task);

/// A VOTable from a file or an http, https, ftp or ftps address. Errors: as above; NotFound, Io.
core::Result<SpectrumList> loadSpectrumList(http::Client& client, const std::string& fileOrUrl,
                                            const AskOptions& options, core::TaskContext& task);

} // namespace balmer::vo
