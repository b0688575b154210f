package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Progress of pictures in A1111's protocol, and their end on request. */
class A1111ProgressTest {
  /** So many steps that they are made only if nothing ends them. */
  private static final String LONG =
      "{'prompt':'a fox','steps':1000,'width':64,'height':64,'n_iter':%d,'force_task_id':'mine'}";

  @TempDir private static Path state;
  private static A1111Server server;

  @BeforeAll
  static void open() throws IOException {
    server = new A1111Server(state);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static JsonObject progress() throws Exception {
    return server.got("progress?skip_current_image=true").getAsJsonObject();
  }

  private static JsonObject await(Predicate<JsonObject> condition) throws Exception {
    while (true) {
      JsonObject progress = progress();
      if (condition.test(progress)) {
        return progress;
      }
      Thread.sleep(20);
    }
  }

  private static int state(JsonObject progress, String field) {
    return progress.getAsJsonObject("state").get(field).getAsInt();
  }

  private static void requireIdle() throws Exception {
    JsonObject idle = await(p -> state(p, "job_count") == 0);
    assertEquals(0, idle.get("progress").getAsDouble());
    assertTrue(idle.get("current_task").isJsonNull());
  }

  @Test
  void interruptEndsARunningPicture() throws Exception {
    requireIdle();
    CompletableFuture<HttpResponse<String>> answer = server.later("txt2img", LONG.formatted(2));
    JsonObject begun = await(p -> state(p, "sampling_step") >= 2);
    assertEquals(2, state(begun, "job_count"));
    assertEquals(0, state(begun, "job_no"));
    assertEquals(1000, state(begun, "sampling_steps"));
    assertEquals("mine", begun.get("current_task").getAsString());
    assertTrue(begun.get("current_image").isJsonNull());
    assertTrue(begun.get("eta_relative").getAsDouble() > 0);
    double share = begun.get("progress").getAsDouble();
    assertTrue(share > 0 && share < 1, "progress " + share);
    assertEquals(200, server.post("interrupt", "").statusCode());
    HttpResponse<String> ended = answer.get();
    assertEquals(200, ended.statusCode(), ended.body());
    assertTrue(RunningServer.json(ended).getAsJsonArray("images").isEmpty());
    requireIdle();
  }

  @Test
  void skipGoesOnWithTheNextPicture() throws Exception {
    requireIdle();
    CompletableFuture<HttpResponse<String>> answer = server.later("txt2img", LONG.formatted(2));
    await(p -> state(p, "sampling_step") >= 2);
    assertEquals(200, server.post("skip", "").statusCode());
    JsonObject next = await(p -> state(p, "job_no") == 1 && state(p, "sampling_step") >= 1);
    assertTrue(next.getAsJsonObject("state").get("skipped").getAsBoolean());
    assertFalse(answer.isDone());
    server.post("interrupt", "");
    assertEquals(200, answer.get().statusCode());
    requireIdle();
  }

  @Test
  void interruptOfNothingIsHarmless() throws Exception {
    requireIdle();
    assertEquals("{}", server.post("interrupt", "").body());
    assertEquals("{}", server.post("skip", "").body());
  }
}
