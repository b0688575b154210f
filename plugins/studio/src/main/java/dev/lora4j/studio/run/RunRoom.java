package dev.lora4j.studio.run;

import dev.lora4j.server.http.Routes;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.dataset.PictureSets;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.job.JobQueue;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.workspace.Workspace;
import java.util.List;

/** Trainings for the pages of a studio. Who opens it closes it. */
public final class RunRoom implements AutoCloseable {
  private final RunWatch watch;
  private final Routes routes;

  private RunRoom(RunWatch watch, Routes routes) {
    this.watch = watch;
    this.routes = routes;
  }

  /**
   * What pages can have done: trainings, and plans of them.
   *
   * @param bases that are served
   * @param places of the adapters that can be trained further
   */
  public static List<Action> actions(
      Workspace workspace, BaseArguments bases, PictureSets sets, AdapterPlaces places) {
    TrainingWords words = new TrainingWords(workspace, sets, bases, places);
    return List.of(
        new TrainAction(workspace, words),
        new PlanAction(workspace, words),
        new TextTrainAction(workspace, bases, places),
        new ContinueAction(workspace));
  }

  /**
   * The trainings of a studio.
   *
   * @param actions among which are those of {@link #actions}
   */
  public static RunRoom open(
      Workspace workspace, JobQueue queue, List<Action> actions, EventHub events) {
    Runs runs = new Runs(workspace, queue);
    Action further = named(actions, "continue");
    Routes routes =
        RunRoutes.of(runs)
            .with(ContinueRoutes.of(runs, queue, further, named(actions, "text-train")));
    return new RunRoom(RunWatch.begin(runs, events), routes);
  }

  private static Action named(List<Action> actions, String name) {
    return actions.stream().filter(action -> action.name().equals(name)).findFirst().orElseThrow();
  }

  /** Where pages see trainings. */
  public Routes routes() {
    return routes;
  }

  @Override
  public void close() {
    watch.close();
  }
}
