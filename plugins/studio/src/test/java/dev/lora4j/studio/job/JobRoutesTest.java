package dev.lora4j.studio.job;

import static dev.lora4j.studio.StudioClient.await;
import static dev.lora4j.studio.StudioClient.encoded;
import static dev.lora4j.studio.StudioClient.object;
import static dev.lora4j.studio.StudioClient.problem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.server.catalogue.Trouble;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.Routes;
import dev.lora4j.studio.BareStudio;
import dev.lora4j.studio.PageEvents;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs as a page sees them. */
class JobRoutesTest {
  private static final int LONG = 1_000_000;

  @TempDir private Path start;
  private OpenQueue open;
  private BareStudio studio;

  @BeforeEach
  void open() throws IOException {
    open = new OpenQueue(start);
    Routes rooms = open.events().routes().with(JobRoutes.of(open.queue(), open.actions()));
    Routes told =
        rooms.wrapped(handler -> Trouble.handler(handler, t -> new HttpProblem(400, t.message())));
    studio = BareStudio.serve(open.workspace(), open::close, told);
  }

  @AfterEach
  void close() throws Exception {
    studio.close();
  }

  private static JsonObject request(String... words) {
    JsonArray all = new JsonArray();
    List.of(words).forEach(all::add);
    JsonObject request = new JsonObject();
    request.add("words", all);
    return request;
  }

  @Test
  void anAnswerCanBeWaitedFor() throws Exception {
    JsonObject answer = studio.post("/studio/actions/quick?wait=1", request("--version"));
    assertEquals("done", answer.getAsJsonObject("job").get("state").getAsString());
    assertTrue(answer.get("output").getAsString().startsWith("lora4j"), answer.toString());
    JsonObject json =
        studio.post("/studio/actions/quick?wait=1", request("plugins", "list", "--json"));
    assertTrue(json.get("output").isJsonObject(), json.toString());
    String id = json.getAsJsonObject("job").get("id").getAsString();
    assertTrue(studio.ask("/studio/jobs/output?id=" + id).body().startsWith("{"));
    assertEquals("", studio.ask("/studio/jobs/log?id=" + id).body());
    assertEquals(
        "404 There is no action 'dance'; there are train, work, quick.",
        problem(studio.send("/studio/actions/dance", request())));
    assertEquals(400, studio.send("/studio/actions/quick", "[]").statusCode());
    assertEquals(404, studio.ask("/studio/jobs/log?id=../jobs").statusCode());
  }

  @Test
  void whoNoLongerWaitsStopsTheJob() throws Exception {
    open.training("six", 1); // makes the pictures
    String[] words =
        "train --images six -o adapters/a.safetensors --steps 1000000 --rank 4 --compute f32"
            .split(" ");
    HttpRequest request =
        HttpRequest.newBuilder(studio.uri("/studio/actions/quick?wait=1"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(request(words).toString()))
            .build();
    CompletableFuture<HttpResponse<String>> answer =
        studio.client().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    await(
        "it runs",
        () ->
            open.queue().list().stream()
                .anyMatch(
                    job -> job.lane().name().equals("QUICK") && job.state() == JobState.RUNNING));
    Job job =
        open.queue().list().stream()
            .filter(one -> one.lane().name().equals("QUICK"))
            .findFirst()
            .orElseThrow();
    answer.cancel(true);
    assertEquals(JobState.STOPPED, OpenQueue.ended(job).state());
  }

  @Test
  void aStudioThatIsClosedAnswersAndLeavesTheJobAlone() throws Exception {
    Job job = open.training("ink", LONG);
    OpenQueue.awaitSteps(job, 1);
    CompletableFuture<HttpResponse<String>> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return studio.send("/studio/actions/train?wait=1", request("--version"));
              } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    await("it waits", () -> open.queue().list().size() == 2);
    Thread.sleep(200); // until the request waits for the job
    open.leave();
    assertEquals(400, answer.get().statusCode(), answer.get().body());
    assertTrue(problem(answer.get()).contains("the job goes on without it"));
    long process = LockedFolder.owner(job.folder().path()).orElseThrow();
    assertTrue(ProcessHandle.of(process).isPresent());
    // The next studio takes it over.
    try (OpenQueue next = new OpenQueue(start)) {
      Job taken = next.queue().require(job.id());
      assertEquals(JobState.RUNNING, taken.state());
      next.queue().stop(taken);
      assertEquals(JobState.STOPPED, OpenQueue.ended(taken).state());
      assertEquals(130, taken.status().exit());
    }
  }

  @Test
  void progressIsTold() throws Exception {
    try (PageEvents page = new PageEvents(studio)) {
      Job job = open.training("ink", LONG);
      OpenQueue.awaitSteps(job, 30);
      studio.post("/studio/jobs/stop", object("id", job.id()));
      OpenQueue.ended(job);
      await("the end is told", () -> last(page).get("state").getAsString().equals("stopped"));
      List<JsonObject> told = page.of("job");
      assertEquals("queued", told.get(0).get("state").getAsString());
      assertEquals("running", told.get(1).get("state").getAsString());
      assertTrue(told.stream().anyMatch(j -> j.get("state").getAsString().equals("stopping")));
      List<Integer> steps =
          told.stream()
              .filter(j -> j.has("progress"))
              .map(j -> j.getAsJsonObject("progress"))
              .filter(p -> p.get("task").getAsString().equals("training"))
              .map(p -> p.get("done").getAsInt())
              .toList();
      assertTrue(steps.size() > 2, steps.toString());
      assertEquals(steps.stream().sorted().toList(), steps);
      assertEquals(LONG, last(page).getAsJsonObject("progress").get("total").getAsInt());
      studio.post("/studio/jobs/remove", object("id", job.id()));
      await("the removal is told", () -> page.of("job-removed").size() == 1);
      assertEquals(404, studio.send("/studio/jobs/again", object("id", job.id())).statusCode());
    }
  }

  private static JsonObject last(PageEvents page) {
    List<JsonObject> told = page.of("job");
    return told.get(told.size() - 1);
  }

  @Test
  void onlyFilesThatAJobMadeAreSent() throws Exception {
    Job job = OpenQueue.ended(open.version("work"));
    Path files = job.folder().folder("");
    byte[] made = {1, 2, 3};
    Files.write(files.resolve("a b.png"), made);
    Files.write(files.resolve(".hidden.png"), made);
    Files.createDirectories(files.resolve("folder"));
    Files.write(files.resolve("folder/in.png"), made);
    Files.writeString(start.resolve("secret.png"), "secret");
    Files.createSymbolicLink(files.resolve("link.png"), start.resolve("secret.png"));
    JsonArray shown = studio.job(job.id()).getAsJsonArray("files");
    assertEquals(1, shown.size(), shown.toString());
    String url = shown.get(0).getAsJsonObject().get("url").getAsString();
    HttpResponse<byte[]> answer = studio.bytes(url);
    assertArrayEquals(made, answer.body());
    assertEquals("image/png", answer.headers().firstValue("content-type").orElse(""));
    for (String name :
        List.of(
            ".hidden.png",
            "folder",
            "folder/in.png",
            "link.png",
            "../state.json",
            "../out.txt",
            "..",
            "",
            start.resolve("secret.png").toString())) {
      String path = "/studio/jobs/file?id=" + job.id() + "&name=" + encoded(name);
      assertEquals(404, studio.ask(path).statusCode(), name);
    }
    for (String id : List.of("", "..", job.id() + "/..", "../jobs/" + job.id())) {
      String path = "/studio/jobs/file?id=" + encoded(id) + "&name=a+b.png";
      assertEquals(404, studio.ask(path).statusCode(), id);
    }
    assertFalse(studio.ask("/studio/jobs").body().contains("secret"));
  }
}
