/// The `exchange.json` that `waybill init` leaves: every key in use, each with a remark, so that the file explains itself.

extension Configuration {
  /// Valid JSON that loads; the values are the built-in ones, except for locations, which fit the sample trading day.
  public static func example() -> String {
    """
    {
      "//": "Every key is optional, and left out it keeps its built-in value. Keys that begin with // are remarks.",
      "//check": "`waybill config check` says what is wrong in this file, `waybill config show` what is in force.",

      "//zone": "The clock of times that name no offset; a partner may have its own.",
      "zone": "Asia/Kolkata",

      "//locations": "Name and address of each location key: the sender on labels, and what feeds tell of a location.",
      "locations": {
        "WH-BLR-1": {"name": "Bengaluru warehouse", "address": "1 Hosur Road, Bengaluru 560068"},
        "WH-DEL-2": {"name": "Delhi warehouse", "address": "2 Okhla Phase III, New Delhi 110020"},
        "WH-MUM-3": {"name": "Mumbai warehouse", "address": "3 Saki Vihar Road, Mumbai 400072"},
        "WH-PUN-4": {"name": "Own warehouse", "address": "4 Nagar Road, Pune 411014"}
      },

      "//partners": "The six of the exchange by their folders. One of your own needs \\"role\\": oms, carrier, wms or marketplace.",
      "partners": {
        "easyecom": {
          "//parkUnknown": "true: rows about unknown orders wait instead of being rejected.",
          "parkUnknown": false,
          "//holdHours": "How long an incomplete upload may stay in the inbox before it is answered as it is.",
          "holdHours": 24,
          "//errorBudget": "0.2: with more than a fifth of its rows rejected, nothing of a file is applied. null: no budget.",
          "errorBudget": null,
          "//atomicFiles": "true: one rejected row refuses the whole file.",
          "atomicFiles": false,
          "//settleSeconds": "How long a closed file must rest before the daemon takes it.",
          "settleSeconds": 2
        },
        "dtdc": {
          "//locationKeys": "The locations it works at and gets feeds for; two warehouses never share one. Left out: any, and no feed.",
          "locationKeys": ["WH-BLR-1"],
          "//updateAvailableInventoryOnly": "DTDC's stock is taken only while this is on.",
          "updateAvailableInventoryOnly": true,
          "//assignment": "required: a shipment must be assigned before it is confirmed; optional: it need not.",
          "assignment": "required",
          "//parkHours": "How long a row may wait for an earlier step before it is rejected.",
          "parkHours": 72,
          "//dateFormats": "The spellings of time that are read, for every kind (a list) or by kind.",
          "dateFormats": {"tracking": ["blank", "iso", "compactDayFirst"]},
          "//expect": "By when the first file of a kind is due, on the partner's clock; days left out: every day. A late or missing file is told by report and reconcile.",
          "expect": {"manifests": {"by": "20:00", "days": ["mon", "tue", "wed", "thu", "fri", "sat"]}}
        },
        "nexar": {
          "locationKeys": ["WH-DEL-2"],
          "assignment": "optional"
        },
        "booon": {
          "locationKeys": ["WH-MUM-3"],
          "//apiMode": "Booon's orders are taken only while this is on.",
          "apiMode": true
        },
        "ekart": {
          "zone": "Asia/Kolkata",
          "//csv": "{\\"delimiter\\": \\";\\"} where one is agreed (, ; | or a tab); left out, the header tells. {\\"encoding\\": \\"windows-1252\\"}: lines that are not UTF-8 are read so.",
          "csv": {},
          "//companion": "Add \\"companion\\": \\"ok\\", \\"done\\" or \\"sha256\\" where a second file says that an upload is complete."
        },
        "ecom-express": {
          "//bounds": "A partner's own bounds, over those of the exchange.",
          "bounds": {"recordBytesMax": 4194304}
        }
      },

      "//fonts": "Folders with fonts for names on labels that are not in Latin letters; [] looks for none.",
      "fonts": ["/usr/share/fonts/truetype"],

      "//alert": "A program that is told when somebody should look; \\"alert\\": {\\"program\\": [\\"/usr/local/bin/call-operator\\"],",
      "//alert.program": "gets one JSON object on its standard input, and is killed after \\"timeoutSeconds\\": 10; at most \\"perHourMax\\": 30}.",

      "//bounds": "What a file may hold; one over a bound is answered, not processed.",
      "bounds": {
        "fileBytesMax": 68719476736,
        "recordBytesMax": 4194304,
        "cellBytesMax": 1048576,
        "columnsMax": 4096,
        "depthMax": 64,
        "linesPerOrderMax": 10000,
        "expandedBytesMax": 68719476736,
        "expansionRatioMax": 200
      }
    }

    """
  }
}
