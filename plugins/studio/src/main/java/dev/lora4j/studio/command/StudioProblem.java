package dev.lora4j.studio.command;

import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.Routes;
import java.util.Map;

/** Errors for the page: what went wrong, as it can be shown to the user. */
final class StudioProblem {
  private StudioProblem() {}

  private static HttpProblem of(Trouble trouble) {
    int status =
        switch (trouble.kind()) {
          case FIELD, REQUEST, ADAPTER -> 400;
          case MODEL -> 404;
          case FULL -> 429;
          case STOPPING, GIVEN_UP -> 503;
          case NOT_FINITE -> 500;
        };
    return trouble.retryAfter() > 0
        ? new HttpProblem(
            status,
            trouble.message(),
            Map.of("retry-after", Integer.toString(trouble.retryAfter())))
        : new HttpProblem(status, trouble.message());
  }

  /** The same routes, whose exceptions become answers. */
  static Routes told(Routes routes) {
    return routes.wrapped(handler -> Trouble.handler(handler, StudioProblem::of));
  }
}
