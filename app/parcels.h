// A parcel that a person enters on a page: the same create as the API's, with the number's owner
// found where the form does not name a carrier.
#pragma once
#include "api/v4/endpoints.h"
#include "pages/account/desk.h"

namespace app {

// `context` must outlive the task.
base::Task<pages::Added> enter_parcel(api::v4::Context& context, accounts::Signed who,
                                      pages::NewParcel parcel);

}  // namespace app
