/**
 * The letters zones have for their offsets (`CET`, `PDT`): what a layout's `MST` prints. JavaScript knows them in some
 * languages only. Taken from the IANA time zone database, release 2025c, for the rules in force from 2024 on; zones whose
 * abbreviations are digits there are not listed.
 */

/** `NAME=seconds east of Greenwich` of each, then the zones that have exactly these. */
const GROUPS: readonly (readonly [string, string])[] = [
  ['ACST=34200', 'Australia/Darwin Australia/North'],
  ['ACST=34200 ACDT=37800', 'Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna'],
  ['AEST=36000', 'Australia/Brisbane Australia/Lindeman Australia/Queensland'],
  [
    'AEST=36000 AEDT=39600',
    'Antarctica/Macquarie Australia/ACT Australia/Canberra Australia/Currie Australia/Hobart Australia/Melbourne Australia/NSW Australia/Sydney Australia/Tasmania Australia/Victoria',
  ],
  [
    'AKST=-32400 AKDT=-28800',
    'America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat US/Alaska',
  ],
  [
    'AST=-14400',
    'America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon America/Curacao America/Dominica America/Grenada America/Guadeloupe America/Kralendijk America/Lower_Princes America/Marigot America/Martinique America/Montserrat America/Port_of_Spain America/Puerto_Rico America/Santo_Domingo America/St_Barthelemy America/St_Kitts America/St_Lucia America/St_Thomas America/St_Vincent America/Tortola America/Virgin',
  ],
  [
    'AST=-14400 ADT=-10800',
    'America/Glace_Bay America/Goose_Bay America/Halifax America/Moncton America/Thule Atlantic/Bermuda Canada/Atlantic',
  ],
  ['AWST=28800', 'Australia/Perth Australia/West'],
  [
    'CAT=7200',
    'Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Juba Africa/Khartoum Africa/Kigali Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Windhoek',
  ],
  ['CET=3600', 'Africa/Algiers Africa/Tunis'],
  [
    'CET=3600 CEST=7200',
    'Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen CET Europe/Amsterdam Europe/Andorra Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich Poland',
  ],
  ['CST=-18000 CDT=-14400', 'America/Havana Cuba'],
  [
    'CST=-21600',
    'America/Bahia_Banderas America/Belize America/Chihuahua America/Costa_Rica America/El_Salvador America/Guatemala America/Managua America/Merida America/Mexico_City America/Monterrey America/Regina America/Swift_Current America/Tegucigalpa Canada/Saskatchewan Mexico/General',
  ],
  [
    'CST=-21600 CDT=-18000',
    'America/Chicago America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN America/Matamoros America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem America/Ojinaga America/Rainy_River America/Rankin_Inlet America/Resolute America/Winnipeg CST6CDT Canada/Central US/Central US/Indiana-Starke',
  ],
  ['CST=28800', 'Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC'],
  ['ChST=36000', 'Pacific/Guam Pacific/Saipan'],
  [
    'EAT=10800',
    'Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte',
  ],
  ['EET=7200', 'Africa/Tripoli Europe/Kaliningrad Libya'],
  [
    'EET=7200 EEST=10800',
    'Africa/Cairo Asia/Beirut Asia/Famagusta Asia/Gaza Asia/Hebron Asia/Nicosia EET Egypt Europe/Athens Europe/Bucharest Europe/Chisinau Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Mariehamn Europe/Nicosia Europe/Riga Europe/Sofia Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod Europe/Vilnius Europe/Zaporozhye',
  ],
  [
    'EST=-18000',
    'America/Atikokan America/Cancun America/Cayman America/Coral_Harbour America/Jamaica America/Panama EST Jamaica',
  ],
  [
    'EST=-18000 EDT=-14400',
    'America/Detroit America/Fort_Wayne America/Grand_Turk America/Indiana/Indianapolis America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis America/Iqaluit America/Kentucky/Louisville America/Kentucky/Monticello America/Louisville America/Montreal America/Nassau America/New_York America/Nipigon America/Pangnirtung America/Port-au-Prince America/Thunder_Bay America/Toronto Canada/Eastern EST5EDT US/East-Indiana US/Eastern US/Michigan',
  ],
  [
    'GMT=0',
    'Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou Africa/Sao_Tome Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich Iceland',
  ],
  ['GMT=0 BST=3600', 'Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire'],
  ['GMT=0 IST=3600', 'Eire Europe/Dublin'],
  ['HKT=28800', 'Asia/Hong_Kong Hongkong'],
  ['HST=-36000', 'HST Pacific/Honolulu Pacific/Johnston US/Hawaii'],
  ['HST=-36000 HDT=-32400', 'America/Adak America/Atka US/Aleutian'],
  ['IST=19800', 'Asia/Calcutta Asia/Kolkata'],
  ['IST=7200 IDT=10800', 'Asia/Jerusalem Asia/Tel_Aviv Israel'],
  ['JST=32400', 'Asia/Tokyo Japan'],
  ['KST=32400', 'Asia/Pyongyang Asia/Seoul ROK'],
  ['MET=3600 MEST=7200', 'MET'],
  ['MSK=10800', 'Europe/Kirov Europe/Moscow Europe/Simferopol Europe/Volgograd W-SU'],
  [
    'MST=-25200',
    'America/Creston America/Dawson America/Dawson_Creek America/Fort_Nelson America/Hermosillo America/Mazatlan America/Phoenix America/Whitehorse Canada/Yukon MST Mexico/BajaSur US/Arizona',
  ],
  [
    'MST=-25200 MDT=-21600',
    'America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Denver America/Edmonton America/Inuvik America/Shiprock America/Yellowknife Canada/Mountain MST7MDT Navajo US/Mountain',
  ],
  ['NST=-12600 NDT=-9000', 'America/St_Johns Canada/Newfoundland'],
  ['NZST=43200 NZDT=46800', 'Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland'],
  ['PKT=18000', 'Asia/Karachi'],
  [
    'PST=-28800 PDT=-25200',
    'America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana America/Vancouver Canada/Pacific Mexico/BajaNorte PST8PDT US/Pacific',
  ],
  ['PST=28800', 'Asia/Manila'],
  ['SAST=7200', 'Africa/Johannesburg Africa/Maseru Africa/Mbabane'],
  ['SST=-39600', 'Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa'],
  ['UTC=0', 'Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu'],
  [
    'WAT=3600',
    'Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo',
  ],
  ['WET=0 WEST=3600', 'Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Europe/Lisbon Portugal WET'],
  ['WIB=25200', 'Asia/Jakarta Asia/Pontianak'],
  ['WIT=32400', 'Asia/Jayapura'],
  ['WITA=28800', 'Asia/Makassar Asia/Ujung_Pandang'],
];

const BY_ZONE: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map(
  GROUPS.flatMap(([abbreviations, zones]) => {
    const byOffset = new Map(
      abbreviations.split(' ').map((entry): [number, string] => {
        const [name = '', offsetSeconds] = entry.split('=');
        return [Number(offsetSeconds), name];
      }),
    );
    return zones.split(' ').map((zone): [string, typeof byOffset] => [zone, byOffset]);
  }),
);

/** Undefined where the zone goes by digits, or had this offset only under older rules. */
export function zoneAbbreviation(zone: string, offsetSeconds: number): string | undefined {
  return BY_ZONE.get(zone)?.get(offsetSeconds);
}
