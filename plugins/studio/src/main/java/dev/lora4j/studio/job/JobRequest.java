package dev.lora4j.studio.job;

import com.google.gson.JsonObject;
import dev.lora4j.studio.action.Lane;

/**
 * A job as it was asked for; it never changes.
 *
 * @param id name of its folder; ids sort by time
 * @param action name of the action
 * @param title what lists call it
 * @param adapter that it makes; empty for none
 * @param created milliseconds of the epoch
 * @param body what the page sent
 */
record JobRequest(
    String id,
    String action,
    Lane lane,
    String title,
    String adapter,
    long created,
    JsonObject body) {}
