// Shows what a parcel's page was asked to tell, and opens that page when somebody presses it. Keeps nothing, answers no
// request, and is there only in browsers whose owner asked to be told.
self.addEventListener("push", (event) => {
  const notice = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(notice.title || "Milepost", { body: notice.body, tag: notice.tag || undefined, lang: notice.language, data: { link: notice.link } }),
  );
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = event.notification.data?.link;
  if (link && new URL(link, self.location.origin).origin === self.location.origin) event.waitUntil(self.clients.openWindow(link));
});
