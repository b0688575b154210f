package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.text.pipeline.TextPrompt;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many requests at once, each with another adapter, while adapters are loaded and evicted and
 * clients go away: each gets what it gets alone.
 */
@Tag("slow")
class ChurnTest {
  private static final int ADAPTERS = 12;
  private static final int CLIENTS = 8;
  private static final int REQUESTS = 40;
  private static final List<String> PROMPTS =
      List.of("My fellow citizens", "The people of", "We have seen", "I ask the Congress");

  @TempDir private Path folder;

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private static int[] pixels(JsonObject answer) throws Exception {
    String file =
        answer.getAsJsonArray("data").get(0).getAsJsonObject().get("b64_json").getAsString();
    return pixels(ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(file))));
  }

  /** Requests of several clients at once; what went wrong. */
  private interface Request {
    void run(Random random, ConcurrentLinkedQueue<String> wrong) throws Exception;
  }

  private static List<String> together(int each, Request request) throws Exception {
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        Random random = new Random(client);
        all.add(
            clients.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    request.run(random, wrong);
                  }
                  return true;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      clients.shutdownNow();
    }
    return List.copyOf(wrong);
  }

  @Test
  void textsUnderChurnAreThoseAlone() throws Exception {
    Path adapters = folder.resolve("adapters");
    try (RunningServer server =
        new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1)) {
      Map<String, String> alone = new HashMap<>();
      for (int i = 0; i < ADAPTERS; i++) {
        Path file = adapters.resolve("a" + i);
        RandomAdapters.write(file, server.texts().base().family(), "_proj", i, 0.12f);
        MixPlan mix = MixPlan.of(server.texts().adapter(file), 1);
        for (String prompt : PROMPTS) {
          String text = server.texts().generate(TextPrompt.of(prompt).tokens(8).mix(mix)).text();
          alone.put("a" + i + prompt, text);
        }
      }
      assertTrue(new HashSet<>(alone.values()).size() > alone.size() / 2, "adapters differ");
      List<String> wrong =
          together(
              REQUESTS,
              (random, found) -> {
                String name = "a" + random.nextInt(ADAPTERS);
                String prompt = PROMPTS.get(random.nextInt(PROMPTS.size()));
                String body =
                    "{\"model\":\"%s\",\"prompt\":\"%s\",\"max_tokens\":8,\"temperature\":0}"
                        .formatted(name, prompt);
                if (random.nextInt(10) == 0) {
                  CompletableFuture<HttpResponse<String>> gone =
                      server
                          .client()
                          .sendAsync(
                              server.request("/v1/completions", body),
                              HttpResponse.BodyHandlers.ofString());
                  Thread.sleep(random.nextInt(20));
                  gone.cancel(true);
                  return;
                }
                HttpResponse<String> answer = server.post("/v1/completions", body);
                String text =
                    answer.statusCode() != 200
                        ? answer.body()
                        : RunningServer.json(answer)
                            .getAsJsonArray("choices")
                            .get(0)
                            .getAsJsonObject()
                            .get("text")
                            .getAsString();
                if (!text.equals(alone.get(name + prompt))) {
                  found.add(name + " after " + prompt + ": " + text);
                }
              });
      assertEquals(List.of(), wrong);
      assertTrue(server.evictions() > ADAPTERS, "evicted " + server.evictions());
    }
  }

  @Test
  void picturesUnderChurnAreThoseAlone() throws Exception {
    Path adapters = folder.resolve("adapters");
    try (RunningServer server =
        new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1)) {
      Map<String, int[]> alone = new HashMap<>();
      for (int i = 0; i < 4; i++) {
        Path file = adapters.resolve("a" + i);
        RandomAdapters.write(file, server.pictures().family(), "attn2.to_", i, 0.1f);
        MixPlan mix = MixPlan.of(server.pictures().adapter(file), 1);
        for (int seed = 0; seed < 2; seed++) {
          Prompt prompt = Prompt.of("a fox").seed(seed).steps(2).mix(mix);
          alone.put("a" + i + seed, pixels(server.pictures().generate(prompt).image()));
        }
      }
      List<String> wrong =
          together(
              4,
              (random, found) -> {
                String name = "a" + random.nextInt(4);
                int seed = random.nextInt(2);
                HttpResponse<String> answer =
                    server.post(
                        "/v1/images/generations",
                        "{\"model\":\"%s\",\"prompt\":\"a fox\",\"seed\":%d,\"steps\":2}"
                            .formatted(name, seed));
                if (answer.statusCode() != 200) {
                  found.add(answer.body());
                } else if (!Arrays.equals(
                    pixels(RunningServer.json(answer)), alone.get(name + seed))) {
                  found.add(name + " with seed " + seed);
                }
              });
      assertEquals(List.of(), wrong);
    }
  }
}
