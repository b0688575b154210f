package dev.lora4j.studio.action;

import com.google.gson.JsonObject;
import dev.lora4j.server.json.JsonFields;
import java.util.List;

/** Kind of thing that a page can ask for and that is a command line. */
public interface Action {
  /** Its name in addresses, in lower case. */
  String name();

  /** The queue of its jobs. */
  Lane lane();

  /**
   * The command line of a request. Reads files at most to say what is wrong, and writes none.
   *
   * @param outputs places for what the job makes
   * @throws dev.lora4j.server.json.FieldException if a field is unknown or cannot be meant
   */
  Task task(JsonFields request, Outputs outputs);

  /**
   * What a page shows beside the command line of a request; nothing by default.
   *
   * @throws dev.lora4j.server.json.FieldException if a field is unknown or cannot be meant
   */
  default JsonObject beside(JsonFields request) {
    return new JsonObject();
  }

  /**
   * The command line that goes on where one was ended before its work was done; by default it
   * begins anew.
   *
   * @param task as it was run
   * @param started when it was started, in milliseconds of the epoch; 0 if it never was
   */
  default List<String> again(Task task, long started) {
    return task.arguments();
  }

  /** Returns true if a job that died with its program is to go on at the next start. */
  default boolean goesOn() {
    return false;
  }
}
