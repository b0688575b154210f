package dev.lora4j.server.guard;

/** Decides from a request's head whether it is admitted, before it is routed. */
public final class RequestGuard {
  private RequestGuard() {}
}
