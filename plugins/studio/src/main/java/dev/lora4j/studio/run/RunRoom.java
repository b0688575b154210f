package dev.lora4j.studio.run;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.BaseArguments;
import dev.lora4j.studio.dataset.PictureSets;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.workspace.Workspace;
import java.util.List;

/** Trainings for the pages of a studio. */
public final class RunRoom {
  private final List<Action> actions;

  private RunRoom(
      Workspace workspace, ModelCatalogue models, PictureSets sets, AdapterPlaces places) {
    BaseArguments bases = new BaseArguments(workspace, models);
    TrainingWords words = new TrainingWords(workspace, sets, bases, places);
    actions =
        List.of(
            new TrainAction(workspace, words),
            new PlanAction(workspace, words),
            new TextTrainAction(workspace, bases, places));
  }

  /**
   * The trainings of a studio.
   *
   * @param places of the adapters that can be trained further
   */
  public static RunRoom of(
      Workspace workspace, ModelCatalogue models, PictureSets sets, AdapterPlaces places) {
    return new RunRoom(workspace, models, sets, places);
  }

  /** What pages can have done: trainings, and plans of them. */
  public List<Action> actions() {
    return actions;
  }
}
