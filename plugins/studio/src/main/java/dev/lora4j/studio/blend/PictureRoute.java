package dev.lora4j.studio.blend;

import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.work.JobTicket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Makes the picture of a blend while its client waits. */
final class PictureRoute {
  private final BlendResolver resolver;

  PictureRoute(BlendResolver resolver) {
    this.resolver = resolver;
  }

  /** Answers a PNG that says how it was made; nobody makes it for a client that has gone. */
  HttpAnswer answer(HttpRequest request) throws Exception {
    Blend blend = Blend.of(JsonFields.parse(request.text()), Set.of());
    ResolvedBlend resolved = resolver.resolve(blend);
    // As the command line draws them, so that a page can show them whole.
    Prompt prompt = blend.prompt(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
    long began = System.nanoTime();
    JobTicket<GeneratedImage> ticket =
        resolved.service().submit(Tenant.SHARED, prompt, resolved.adapters(), StepListener.NONE);
    request.onDisconnect(ticket::cancel);
    try {
      GeneratedImage made = ticket.result().get();
      double seconds = (System.nanoTime() - began) / 1e9;
      return HttpAnswer.bytes("image/png", made.png())
          .header("x-lora4j-seed", Long.toString(made.prompt().seed()))
          .header("x-lora4j-seconds", String.format(Locale.ROOT, "%.3f", seconds));
    } finally {
      ticket.cancel();
    }
  }
}
